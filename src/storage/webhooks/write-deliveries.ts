import type pg from "pg";
import { type Credits, credits } from "../../domain/money/credits.ts";
import type { WebhookEventType } from "../../domain/webhooks/event-type.ts";
import { newId } from "../identity/new-id.ts";

type Database = Pick<pg.ClientBase, "query">;

/** A webhook that is in force, and what its organization's balance is measured by. */
export type ListeningWebhook = {
  readonly organizationId: string;
  readonly id: string;
  readonly events: readonly WebhookEventType[];
  readonly lowBalanceThreshold: Credits;
  readonly graceLimit: Credits;
};

/** The webhooks in force of these organizations. They are neither deleted nor turned off until the transaction ends:
 *  whoever turns one off gives up what is written for it here, too. */
export async function listListeningWebhooks(
  database: Database,
  organizationIds: readonly string[],
): Promise<readonly ListeningWebhook[]> {
  const { rows } = await database.query<ListeningRow>(LISTENING, [organizationIds]);
  return rows.map((row) => ({
    organizationId: row.org_id,
    id: row.id,
    events: row.events,
    lowBalanceThreshold: credits(row.low_balance_threshold),
    graceLimit: credits(row.grace_limit),
  }));
}

/** A message to the webhooks named. @param id the same for the same event, however often it is written. */
export type MessageToWrite = {
  readonly organizationId: string;
  readonly id: string;
  readonly type: WebhookEventType;
  readonly sealed: string;
  readonly place: bigint;
  readonly webhookIds: readonly string[];
};

/** Writes messages and a delivery for each webhook; a message that is there already is left as it is. */
export async function writeMessages(database: Database, messages: readonly MessageToWrite[]): Promise<void> {
  const deliveries = messages.flatMap((message) =>
    message.webhookIds.map((webhookId) => ({ ...message, webhookId, deliveryId: newId("del") })),
  );
  await database.query(WRITE, [
    messages.map(({ organizationId }) => organizationId),
    messages.map(({ id }) => id),
    messages.map(({ type }) => type),
    messages.map(({ sealed }) => sealed),
    deliveries.map(({ organizationId }) => organizationId),
    deliveries.map(({ deliveryId }) => deliveryId),
    deliveries.map(({ webhookId }) => webhookId),
    deliveries.map(({ id }) => id),
    deliveries.map(({ place }) => place),
  ]);
}

type ListeningRow = {
  org_id: string;
  id: string;
  events: WebhookEventType[];
  low_balance_threshold: bigint;
  grace_limit: bigint;
};

const LISTENING = `select e.org_id, e.id, e.events, a.low_balance_threshold, a.grace_limit
  from webhook_endpoint e join account a on a.org_id = e.org_id
  where e.org_id = any($1::text[]) and e.disabled_at is null order by e.org_id, e.id for share of e`;

const WRITE = `with written as (
    insert into webhook_message (org_id, id, type, sealed)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
    on conflict (org_id, id) do nothing returning org_id, id
  )
  insert into webhook_delivery (org_id, id, endpoint_id, message_id, place)
  select d.org_id, d.id, d.endpoint_id, d.message_id, d.place
  from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
    as d (org_id, id, endpoint_id, message_id, place)
  join written w on w.org_id = d.org_id and w.id = d.message_id`;
