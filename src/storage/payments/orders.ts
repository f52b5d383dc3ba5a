import type pg from "pg";
import type { OrderStore } from "../../application/payment-ports.ts";

/** Whose each order is, and when it was last compared with the provider's. */
export function orderStatements(pool: pg.Pool): OrderStore {
  return {
    async claimOrder({ storeId, orderId, organizationId, checkoutId, orderedAt }) {
      await pool.query(CLAIM, [storeId, orderId, organizationId, checkoutId, orderedAt]);
      // A statement of its own: it sees the claim that won, even one committed while ours waited for it.
      const { rows } = await pool.query<ClaimRow>(CLAIMED, [storeId, orderId]);
      const row = rows[0];
      if (row === undefined) throw new Error(`order ${orderId} was claimed and is gone`);
      return { organizationId: row.org_id, checkoutId: row.checkout_id };
    },
    async findKnownOrders(storeId, orderIds) {
      const { rows } = await pool.query<KnownRow>(KNOWN, [storeId, orderIds]);
      return rows.map((row) => ({
        orderId: row.order_id,
        organizationId: row.org_id,
        checkoutId: row.checkout_id,
        isCredited: row.is_credited,
        refundedMinor: row.refunded_minor,
      }));
    },
    notingRefund: ({ storeId, orderId }, refundedMinor) => ({
      text: NOTE_REFUND,
      values: [storeId, orderId, refundedMinor],
    }),
    async noteChecked(storeId, orderIds) {
      await pool.query(
        "update lemon_squeezy_order set checked_at = now() where store_id = $1 and order_id = any($2::text[])",
        [storeId, orderIds],
      );
    },
    async listOrdersToCheck({ storeId, orderedAfter, notCheckedSince, limit }) {
      const { rows } = await pool.query<{ order_id: string }>(TO_CHECK, [
        storeId,
        orderedAfter,
        notCheckedSince,
        limit,
      ]);
      return rows.map((row) => row.order_id);
    },
  };
}

const CLAIM = `insert into lemon_squeezy_order (store_id, order_id, org_id, checkout_id, ordered_at)
  values ($1, $2, $3, $4, $5) on conflict (store_id, order_id) do nothing`;
const CLAIMED = "select org_id, checkout_id from lemon_squeezy_order where store_id = $1 and order_id = $2";
const KNOWN = `select o.order_id, o.org_id, o.checkout_id, o.refunded_minor, p.order_id is not null as is_credited
  from lemon_squeezy_order o
  left join purchase p on p.org_id = o.org_id and p.store_id = o.store_id and p.order_id = o.order_id
  where o.store_id = $1 and o.order_id = any($2::text[])`;
// greatest() passes over null.
const NOTE_REFUND = `update lemon_squeezy_order set refunded_minor = greatest(refunded_minor, $3::bigint)
  where store_id = $1 and order_id = $2`;
// Parked ones in any order, so that many which never move do not keep the others from being looked at.
const TO_CHECK = `(
    select order_id from lemon_squeezy_event
    where status = 'parked' and store_id = $1 and order_id is not null and received_at > $2
    group by order_id order by random() limit $4
  ) union all (
    select o.order_id from lemon_squeezy_order o
    join purchase p on p.org_id = o.org_id and p.store_id = o.store_id and p.order_id = o.order_id
    where o.store_id = $1 and o.ordered_at > $2 and o.checked_at < $3 and p.refunded_credits < p.credits
    order by o.checked_at limit $4
  )`;

type ClaimRow = { org_id: string; checkout_id: string | null };
type KnownRow = {
  order_id: string;
  org_id: string;
  checkout_id: string | null;
  refunded_minor: bigint | null;
  is_credited: boolean;
};
