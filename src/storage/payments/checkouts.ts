import type pg from "pg";
import type { CheckoutStore } from "../../application/payment-ports.ts";

/** Our records of checkouts, each written before the provider knows of it. */
export function checkoutStatements(pool: pg.Pool): CheckoutStore {
  return {
    async insertCheckout(checkout) {
      await pool.query(INSERT, [
        checkout.organizationId,
        checkout.id,
        checkout.variantId,
        checkout.buyer.id,
        checkout.buyer.name,
        checkout.sealedIp,
        checkout.createdAt,
        checkout.expiresAt,
      ]);
    },
    async noteProviderCheckout(organizationId, id, providerCheckoutId) {
      const text = "update checkout set provider_checkout_id = $3 where org_id = $1 and id = $2";
      await pool.query(text, [organizationId, id, providerCheckoutId]);
    },
    async deleteCheckout(organizationId, id) {
      await pool.query("delete from checkout where org_id = $1 and id = $2", [organizationId, id]);
    },
    async findCheckout(organizationId, id) {
      const { rows } = await pool.query<StateRow>(STATE, [organizationId, id]);
      const [first] = rows;
      if (first === undefined) return null;
      const purchases = rows.flatMap((row) =>
        row.transaction_seq === null
          ? []
          : [{ transactionSeq: row.transaction_seq, isRefunded: row.credits === row.refunded_credits }],
      );
      return { expiresAt: first.expires_at, purchases };
    },
    async findBuyer(organizationId, checkoutId) {
      const { rows } = await pool.query<BuyerRow>(BUYER, [organizationId, checkoutId]);
      const row = rows[0];
      return row === undefined ? null : { id: row.buyer_id, name: row.buyer_name, sealedIp: row.sealed_ip };
    },
    async findOpening(organizationId, checkoutId) {
      const { rows } = await pool.query<OpeningRow>(OPENING, [organizationId, checkoutId]);
      const row = rows[0];
      return row === undefined ? null : { createdAt: row.created_at, expiresAt: row.expires_at };
    },
    async listFittingCheckouts({ email, variantId, at }) {
      const { rows } = await pool.query<FittingRow>(FITTING, [email, variantId, at]);
      return rows.map((row) => ({ organizationId: row.org_id, checkoutId: row.id }));
    },
    async earliestCheckoutAt() {
      const { rows } = await pool.query<{ earliest: Date | null }>(
        "select min(created_at) as earliest from checkout",
      );
      return rows[0]?.earliest ?? null;
    },
  };
}

const INSERT = `insert into checkout
  (org_id, id, variant_id, buyer_id, buyer_name, sealed_ip, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`;
const STATE = `select c.expires_at, p.transaction_seq, p.credits, p.refunded_credits
  from checkout c
  left join lemon_squeezy_order o on o.org_id = c.org_id and o.checkout_id = c.id
  left join purchase p on p.org_id = c.org_id and p.store_id = o.store_id and p.order_id = o.order_id
  where c.org_id = $1 and c.id = $2 order by p.transaction_seq nulls last`;
const BUYER = "select buyer_id, buyer_name, sealed_ip from checkout where org_id = $1 and id = $2";
const OPENING = "select created_at, expires_at from checkout where org_id = $1 and id = $2";
// Through membership, so that the index is one of the organization's. A minute's grace, for two clocks that differ.
const FITTING = `select c.org_id, c.id from person p
  join member m on m.user_id = p.id
  join checkout c on c.org_id = m.org_id and c.buyer_id = m.user_id and c.variant_id = $2
  where p.email = lower($1)
    and $3 between c.created_at - interval '1 minute' and c.expires_at + interval '1 minute'
  order by c.created_at desc`;

type StateRow = {
  expires_at: Date;
  transaction_seq: bigint | null;
  credits: bigint | null;
  refunded_credits: bigint | null;
};
type BuyerRow = { buyer_id: string; buyer_name: string; sealed_ip: string | null };
type OpeningRow = { created_at: Date; expires_at: Date };
type FittingRow = { org_id: string; id: string };
