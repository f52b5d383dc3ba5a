import type pg from "pg";
import type {
  AttemptRecord,
  DeliveryQueue,
  DueDelivery,
  TurnedOffReason,
  WebhookKey,
} from "../../application/webhook-ports.ts";
import { inTransaction } from "../in-transaction.ts";
import { insertMail } from "../mail.ts";
import { giveUpPending } from "./webhook-store.ts";

/** What is to be sent to webhooks, shared by any number of senders.
 *  @param holder names this sender: no two processes may have the same. */
export function createDeliveryQueue(pool: pg.Pool, holder: string): DeliveryQueue {
  const due = async (text: string, { organizationId, id }: WebhookKey, limit: number) => {
    const { rows } = await pool.query<DueRow>(text, [organizationId, id, limit]);
    return rows.map(dueOf);
  };
  return {
    async listDue(limit) {
      const { rows } = await pool.query<{ org_id: string; id: string }>(LIST_DUE, [limit]);
      return rows.map((row) => ({ organizationId: row.org_id, id: row.id }));
    },
    async lease({ organizationId, id }, durationMs) {
      const { rows } = await pool.query<LeaseRow>(LEASE, [organizationId, id, holder, durationMs]);
      const row = rows[0];
      if (row === undefined) return null;
      const sealedSecrets = [
        row.sealed_secret,
        ...(row.sealed_old_secret === null ? [] : [row.sealed_old_secret]),
      ];
      return { organizationId, id, url: row.url, sealedSecrets };
    },
    async release({ organizationId, id }) {
      await pool.query(
        `update webhook_endpoint set holder = null, leased_until = null
         where org_id = $1 and id = $2 and holder = $3`,
        [organizationId, id, holder],
      );
    },
    nextFirsts: (key, limit) => due(FIRSTS, key, limit),
    nextRetries: (key, limit) => due(RETRIES, key, limit),
    async noteDelivered({ organizationId, id }, deliveryId, attempt) {
      await pool.query(DELIVERED, [organizationId, deliveryId, ...valuesOf(attempt)]);
      await pool.query(
        "update webhook_endpoint set failing_since = null where org_id = $1 and id = $2 and failing_since is not null",
        [organizationId, id],
      );
    },
    async noteFailed({ organizationId, id }, deliveryId, attempt, pauseMs) {
      await pool.query(FAILED, [organizationId, deliveryId, ...valuesOf(attempt), pauseMs]);
      const { rows } = await pool.query<{ failing_since: Date; now: Date }>(FAILING, [organizationId, id]);
      // Deleted in the meantime: nothing is held against it.
      return { failingSince: rows[0]?.failing_since ?? new Date(), now: rows[0]?.now ?? new Date() };
    },
    disable: (key, reason, sealedMails) => disable(pool, key, reason, sealedMails),
  };
}

/** Deliveries that wait, and the age of the oldest that was never tried. */
export async function countPendingDeliveries(pool: pg.Pool): Promise<{ pending: number; lagMs: number }> {
  const { rows } = await pool.query(
    `select count(*)::integer as pending, coalesce(
       max(extract(epoch from now() - created_at)) filter (where attempts = 0) * 1000, 0)::float8 as lag
     from webhook_delivery where status = 'pending'`,
  );
  return { pending: rows[0].pending, lagMs: rows[0].lag };
}

async function disable(
  pool: pg.Pool,
  key: WebhookKey,
  reason: TurnedOffReason,
  sealedMails: readonly string[],
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(DISABLE, [key.organizationId, key.id, reason]);
    if (rowCount !== 1) return;
    await giveUpPending(client, key);
    const { organizationId } = key;
    for (const sealed of sealedMails)
      await insertMail(client, { organizationId, kind: "webhook_off", sealed });
  });
}

type LeaseRow = { url: string; sealed_secret: string; sealed_old_secret: string | null };
type DueRow = { id: string; message_id: string; sealed: string; attempts: number };

const IS_FREE = "e.disabled_at is null and (e.leased_until is null or e.leased_until < now())";
const LIST_DUE = `select e.org_id, e.id from webhook_endpoint e
  cross join lateral (select d.next_attempt_at from webhook_delivery d
    where d.org_id = e.org_id and d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at <= now()
    order by d.next_attempt_at limit 1) d
  where ${IS_FREE} order by d.next_attempt_at limit $1`;

const LEASE = `update webhook_endpoint e set holder = $3, leased_until = now() + $4 * interval '1 millisecond'
  where e.org_id = $1 and e.id = $2 and (${IS_FREE} or (e.disabled_at is null and e.holder = $3))
  returning e.url, e.sealed_secret, case when e.old_secret_until > now() then e.sealed_old_secret end as sealed_old_secret`;

const DUE = `select d.id, d.message_id, m.sealed, d.attempts from webhook_delivery d
  join webhook_message m on m.org_id = d.org_id and m.id = d.message_id
  where d.org_id = $1 and d.endpoint_id = $2 and d.status = 'pending'`;
const FIRSTS = `${DUE} and d.attempts = 0 order by d.place, d.id limit $3`;
const RETRIES = `${DUE} and d.attempts > 0 and d.next_attempt_at <= now() order by d.next_attempt_at limit $3`;

const ATTEMPT = `attempts = attempts + 1, attempted_at = now(), response_status = $3, sealed_response = $4,
  duration_ms = $5, error = $6`;
const DELIVERED = `update webhook_delivery set ${ATTEMPT}, status = 'delivered', ended_at = now()
  where org_id = $1 and id = $2`;
const FAILED = `update webhook_delivery set ${ATTEMPT},
    status = case when $7::float8 is null then 'failed' else 'pending' end,
    ended_at = case when $7::float8 is null then now() end,
    next_attempt_at = now() + coalesce($7::float8, 0) * interval '1 millisecond'
  where org_id = $1 and id = $2 and status = 'pending'`;

const FAILING = `update webhook_endpoint set failing_since = coalesce(failing_since, now())
  where org_id = $1 and id = $2 returning failing_since, now() as now`;

const DISABLE = `update webhook_endpoint
  set disabled_at = now(), disabled_reason = $3, updated_at = now(), holder = null, leased_until = null
  where org_id = $1 and id = $2 and disabled_at is null`;

function valuesOf({ responseStatus, sealedResponse, durationMs, error }: AttemptRecord) {
  return [responseStatus, sealedResponse, durationMs, error];
}

function dueOf(row: DueRow): DueDelivery {
  return { id: row.id, messageId: row.message_id, sealedBody: row.sealed, attempts: row.attempts };
}
