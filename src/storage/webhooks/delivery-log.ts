import type pg from "pg";
import type {
  Delivery,
  DeliveryDraft,
  DeliveryFilter,
  DeliveryPage,
  DeliveryStatus,
  StoredDelivery,
  WebhookKey,
  WebhookMessage,
} from "../../application/webhook-ports.ts";
import type { Queryable } from "../organization-database.ts";

/** What was told to webhooks, and what came of it. */
export function deliveryStatements(database: Queryable) {
  return {
    async insertMessage({ organizationId, id, type, sealed }: WebhookMessage): Promise<void> {
      await database.query("insert into webhook_message (org_id, id, type, sealed) values ($1, $2, $3, $4)", [
        organizationId,
        id,
        type,
        sealed,
      ]);
    },

    /** Sent on request: it goes out before whatever else waits. */
    async insertDelivery(draft: DeliveryDraft): Promise<Delivery> {
      const { organizationId, id, webhookId, messageId } = draft;
      const { rows } = await database.query<DeliveryRow>(INSERT, [organizationId, id, webhookId, messageId]);
      if (rows[0] === undefined) throw new Error("a delivery was not stored");
      return deliveryOf(rows[0]);
    },

    /** The newest first. */
    async listDeliveries(key: WebhookKey, { status, limit, offset }: DeliveryFilter): Promise<DeliveryPage> {
      const filter = [key.organizationId, key.id, status];
      const { rows } = await database.query<DeliveryRow>(LIST, [...filter, limit, offset]);
      const count = await database.query<{ total: number }>(COUNT, filter);
      return { deliveries: rows.map(deliveryOf), total: count.rows[0]?.total ?? 0 };
    },

    async findDelivery(
      { organizationId, id }: WebhookKey,
      deliveryId: string,
    ): Promise<StoredDelivery | null> {
      const { rows } = await database.query<StoredRow>(FIND, [organizationId, id, deliveryId]);
      const row = rows[0];
      if (row === undefined) return null;
      return { ...deliveryOf(row), sealedBody: row.sealed, sealedResponse: row.sealed_response };
    },
  };
}

/** Forgets what was told long ago, with its deliveries. @returns how many messages. */
export async function deleteOldMessages(pool: pg.Pool, keepForMs: number): Promise<number> {
  const { rowCount } = await pool.query(
    "delete from webhook_message where created_at < now() - $1 * interval '1 millisecond'",
    [keepForMs],
  );
  return rowCount ?? 0;
}

type DeliveryRow = {
  id: string;
  message_id: string;
  type: string;
  status: DeliveryStatus;
  attempts: number;
  next_attempt_at: Date;
  attempted_at: Date | null;
  response_status: number | null;
  duration_ms: number | null;
  error: string | null;
  created_at: Date;
  ended_at: Date | null;
};

type StoredRow = DeliveryRow & { sealed: string; sealed_response: string | null };

const COLUMNS = `d.id, d.message_id, m.type, d.status, d.attempts, d.next_attempt_at, d.attempted_at,
  d.response_status, d.duration_ms, d.error, d.created_at, d.ended_at`;

const MESSAGE = "join webhook_message m on m.org_id = d.org_id and m.id = d.message_id";

const INSERT = `with d as (
    insert into webhook_delivery (org_id, id, endpoint_id, message_id, place) values ($1, $2, $3, $4, 0) returning *
  ) select ${COLUMNS} from d ${MESSAGE}`;

const WANTED = "d.org_id = $1 and d.endpoint_id = $2 and ($3::text is null or d.status = $3)";
const LIST = `select ${COLUMNS} from webhook_delivery d ${MESSAGE} where ${WANTED}
  order by d.id desc limit $4 offset $5`;
const COUNT = `select count(*)::integer as total from webhook_delivery d where ${WANTED}`;

const FIND = `select ${COLUMNS}, m.sealed, d.sealed_response from webhook_delivery d ${MESSAGE}
  where d.org_id = $1 and d.endpoint_id = $2 and d.id = $3`;

function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    messageId: row.message_id,
    type: row.type,
    status: row.status,
    attempts: row.attempts,
    nextAttemptAt: row.status === "pending" ? row.next_attempt_at : null,
    attemptedAt: row.attempted_at,
    responseStatus: row.response_status,
    durationMs: row.duration_ms,
    error: row.error,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
