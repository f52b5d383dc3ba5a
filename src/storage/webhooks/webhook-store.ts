import type {
  DisabledReason,
  Webhook,
  WebhookChange,
  WebhookDraft,
  WebhookKey,
} from "../../application/webhook-ports.ts";
import type { WebhookEventType } from "../../domain/webhooks/event-type.ts";
import type { Queryable } from "../organization-database.ts";
import { deliveryStatements } from "./delivery-log.ts";

/** The name under which the outbox is read for webhooks. */
export const WEBHOOK_READER = "webhooks";

/** Webhooks and their delivery log on one connection: within a transaction, all of it or nothing. */
export function createWebhookStore(database: Queryable) {
  return { ...webhookStatements(database), ...deliveryStatements(database) };
}

function webhookStatements(database: Queryable) {
  return {
    /** The oldest first. */
    async listWebhooks(organizationId: string): Promise<readonly Webhook[]> {
      const { rows } = await database.query<WebhookRow>(
        `select ${COLUMNS} from webhook_endpoint where org_id = $1 order by created_at, id`,
        [organizationId],
      );
      return rows.map(webhookOf);
    },

    async findWebhook({ organizationId, id }: WebhookKey): Promise<Webhook | null> {
      const { rows } = await database.query<WebhookRow>(
        `select ${COLUMNS} from webhook_endpoint where org_id = $1 and id = $2`,
        [organizationId, id],
      );
      return rows[0] === undefined ? null : webhookOf(rows[0]);
    },

    /** The same, and it stays until the transaction ends: what is written for it must not lose it meanwhile. */
    async keepWebhook({ organizationId, id }: WebhookKey): Promise<Webhook | null> {
      const { rows } = await database.query<WebhookRow>(
        `select ${COLUMNS} from webhook_endpoint where org_id = $1 and id = $2 for key share`,
        [organizationId, id],
      );
      return rows[0] === undefined ? null : webhookOf(rows[0]);
    },

    /** Locks the organization against concurrent additions. */
    async countWebhooks(organizationId: string): Promise<number> {
      await database.query("select 1 from organization where id = $1 for no key update", [organizationId]);
      const { rows } = await database.query<{ count: number }>(
        "select count(*)::integer as count from webhook_endpoint where org_id = $1",
        [organizationId],
      );
      return rows[0]?.count ?? 0;
    },

    async insertWebhook({ organizationId, id, url, events, sealedSecret }: WebhookDraft): Promise<Webhook> {
      await skipToNow(database, organizationId);
      const values = [organizationId, id, url, events, sealedSecret];
      const { rows } = await database.query<WebhookRow>(INSERT, values);
      if (rows[0] === undefined) throw new Error("a webhook was not stored");
      return webhookOf(rows[0]);
    },

    async updateWebhook(key: WebhookKey, change: WebhookChange): Promise<Webhook | null> {
      const { organizationId, id } = key;
      if (change.enabled === true) await skipToNow(database, organizationId);
      const values = [organizationId, id, change.url, change.events, change.enabled];
      const { rows } = await database.query<WebhookRow>(UPDATE, values);
      if (rows[0] === undefined) return null;
      if (change.enabled === false) await giveUpPending(database, key);
      return webhookOf(rows[0]);
    },

    async replaceSecret(
      { organizationId, id }: WebhookKey,
      sealedSecret: string,
      oldForMs: number,
    ): Promise<Webhook | null> {
      const values = [organizationId, id, sealedSecret, oldForMs];
      const { rows } = await database.query<WebhookRow>(REPLACE_SECRET, values);
      return rows[0] === undefined ? null : webhookOf(rows[0]);
    },

    async deleteWebhook({ organizationId, id }: WebhookKey): Promise<boolean> {
      const { rowCount } = await database.query(
        "delete from webhook_endpoint where org_id = $1 and id = $2",
        [organizationId, id],
      );
      return rowCount === 1;
    },
  };
}

/** Ends what a webhook that was just turned off was still to be told. */
export async function giveUpPending(database: Queryable, { organizationId, id }: WebhookKey): Promise<void> {
  await database.query(
    `update webhook_delivery set status = 'failed', ended_at = now(), error = 'The webhook was turned off.'
     where org_id = $1 and endpoint_id = $2 and status = 'pending'`,
    [organizationId, id],
  );
}

/** An organization's first webhook in force is told of what is committed from now on, and not of all the news that the
 *  outbox still has. Waits for a reader that is just at this organization. */
async function skipToNow(database: Queryable, organizationId: string): Promise<void> {
  await database.query(SKIP_TO_NOW, [organizationId, WEBHOOK_READER]);
}

type WebhookRow = {
  org_id: string;
  id: string;
  url: string;
  events: WebhookEventType[];
  disabled_reason: DisabledReason | null;
  failing_since: Date | null;
  old_secret_until: Date | null;
  created_at: Date;
  updated_at: Date;
};

const COLUMNS = `org_id, id, url, events, disabled_reason, failing_since,
  case when old_secret_until > now() then old_secret_until end as old_secret_until, created_at, updated_at`;

const INSERT = `insert into webhook_endpoint (org_id, id, url, events, sealed_secret)
  values ($1, $2, $3, $4, $5) returning ${COLUMNS}`;

// Turned on, or led elsewhere, it begins anew: what failed before is no longer held against it.
const UPDATE = `update webhook_endpoint set
    url = coalesce($3::text, url), events = coalesce($4::text[], events), updated_at = now(),
    disabled_at = case when $5 then null when not $5 then coalesce(disabled_at, now()) else disabled_at end,
    disabled_reason = case when $5 then null when not $5 then coalesce(disabled_reason, 'requested')
      else disabled_reason end,
    failing_since = case when $5 and disabled_at is not null or $3 <> url then null else failing_since end
  where org_id = $1 and id = $2 returning ${COLUMNS}`;

const REPLACE_SECRET = `update webhook_endpoint set
    sealed_old_secret = sealed_secret, old_secret_until = now() + $4 * interval '1 millisecond',
    sealed_secret = $3, updated_at = now()
  where org_id = $1 and id = $2 returning ${COLUMNS}`;

const SKIP_TO_NOW = `insert into outbox_cursor as c (org_id, reader, seq)
  select a.org_id, $2, a.news_seq from account a
  where a.org_id = $1 and not exists (
    select 1 from webhook_endpoint e where e.org_id = $1 and e.disabled_at is null)
  on conflict (org_id, reader) do update set seq = greatest(c.seq, excluded.seq)`;

function webhookOf(row: WebhookRow): Webhook {
  return {
    organizationId: row.org_id,
    id: row.id,
    url: row.url,
    events: row.events,
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since,
    oldSecretUntil: row.old_secret_until,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
