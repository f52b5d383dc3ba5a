import type pg from "pg";
import type {
  EventInbox,
  EventRecord,
  EventStatus,
  EventVerdict,
  EventView,
  StoredEvent,
} from "../../application/payment-ports.ts";
import type { Alongside } from "../../application/ports.ts";

/** The inbox of the payment provider's events. */
export function eventStatements(pool: pg.Pool): EventInbox {
  return {
    async recordEvent(event, verdict) {
      const { text, values } = recordingEvent(event, verdict);
      await pool.query(text, [...values]);
    },
    recordingEvent,
    resolvingEvents: ({ storeId, orderId }, refundedMinor) => ({
      text: refundedMinor === null ? RESOLVE_ORDER : RESOLVE_REFUNDS,
      values: refundedMinor === null ? [storeId, orderId] : [storeId, orderId, refundedMinor],
    }),
    async findParkedRefund({ storeId, orderId }) {
      const { rows } = await pool.query<{ refunded: bigint | null }>(PARKED_REFUND, [storeId, orderId]);
      return rows[0]?.refunded ?? null;
    },
    async findNamed({ storeId, orderId }) {
      const { rows } = await pool.query<NamedRow>(NAMED, [storeId, orderId]);
      const row = rows[0];
      return row === undefined
        ? null
        : { organizationId: row.named_org_id, checkoutId: row.named_checkout_id };
    },
    async findEvent(id) {
      const { rows } = await pool.query<StoredRow>(
        `select ${VIEW}, sealed_for, sealed_body from lemon_squeezy_event where id = $1`,
        [id],
      );
      return rows[0] === undefined ? null : storedOf(rows[0]);
    },
    async listEvents({ limit, offset, status, orderId }) {
      const wanted = [status ?? null, orderId ?? null];
      const text = `select ${VIEW} from lemon_squeezy_event ${WANTED} order by received_at desc, id desc limit $3 offset $4`;
      const [page, count] = await Promise.all([
        pool.query<ViewRow>(text, [...wanted, limit, offset]),
        pool.query<{ total: bigint }>(`select count(*) as total from lemon_squeezy_event ${WANTED}`, wanted),
      ]);
      return { events: page.rows.map(viewOf), total: Number(count.rows[0]?.total ?? 0n) };
    },
  };
}

const VIEW = "id, event_name, order_id, test_mode, status, reason, deliveries, received_at";
const WANTED = "where ($1::text is null or status = $1) and ($2::text is null or order_id = $2)";
// What was processed stays so: a duplicate that comes later can't have news.
const RECORD = `insert into lemon_squeezy_event as e
  (id, event_name, store_id, order_id, test_mode, refunded_minor, named_org_id, named_checkout_id, sealed_for,
   sealed_body, status, reason, deliveries)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  on conflict (id) do update set
    status = case when e.status = 'processed' then e.status else excluded.status end,
    reason = case when e.status = 'processed' then e.reason else excluded.reason end,
    deliveries = e.deliveries + excluded.deliveries,
    last_received_at = case when excluded.deliveries > 0 then now() else e.last_received_at end`;
const RESOLVE_ORDER = `update lemon_squeezy_event set status = 'processed', reason = null
  where store_id = $1 and order_id = $2 and event_name <> 'order_refunded' and status in ('parked', 'failed')`;
const RESOLVE_REFUNDS = `update lemon_squeezy_event set status = 'processed', reason = null
  where store_id = $1 and order_id = $2 and refunded_minor <= $3::bigint and status = 'parked'`;
const PARKED_REFUND = `select max(refunded_minor) as refunded from lemon_squeezy_event
  where store_id = $1 and order_id = $2 and event_name = 'order_refunded' and status = 'parked'`;
// One that named somebody before one that did not, whatever their order.
const NAMED = `select named_org_id, named_checkout_id from lemon_squeezy_event
  where store_id = $1 and order_id = $2 and event_name in ('order_created', 'order_refunded')
  order by named_org_id nulls last, received_at limit 1`;

function recordingEvent(event: EventRecord, verdict: EventVerdict): Alongside {
  const values = [
    event.id,
    event.eventName,
    event.storeId,
    event.orderId,
    event.testMode,
    event.refundedMinor,
    event.named.organizationId,
    event.named.checkoutId,
    event.sealed?.for ?? null,
    event.sealed?.body ?? null,
    verdict.status,
    verdict.reason,
    event.isDelivery ? 1 : 0,
  ];
  return { text: RECORD, values };
}

type NamedRow = { named_org_id: string | null; named_checkout_id: string | null };
type ViewRow = {
  id: string;
  event_name: string;
  order_id: string | null;
  test_mode: boolean;
  status: EventStatus;
  reason: string | null;
  deliveries: number;
  received_at: Date;
};
type StoredRow = ViewRow & { sealed_for: string | null; sealed_body: string | null };

function viewOf(row: ViewRow): EventView {
  return {
    id: row.id,
    eventName: row.event_name,
    orderId: row.order_id,
    testMode: row.test_mode,
    status: row.status,
    reason: row.reason,
    deliveries: row.deliveries,
    receivedAt: row.received_at,
  };
}

function storedOf(row: StoredRow): StoredEvent {
  const { sealed_for: sealedFor, sealed_body: body } = row;
  return { ...viewOf(row), sealed: sealedFor === null || body === null ? null : { for: sealedFor, body } };
}
