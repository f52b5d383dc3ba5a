import type pg from "pg";
import type { ReconciliationLease } from "../../application/payment-ports.ts";

/** One reconciliation of a store at a time, over all processes. A lease runs out by itself, so that a process killed
 *  in the middle holds nobody up for long. */
export function leaseStatements(pool: pg.Pool): ReconciliationLease {
  return {
    async takeLease({ storeId, holder, durationMs }) {
      const { rows } = await pool.query<LeaseRow>(TAKE, [storeId, holder, durationMs]);
      return rows[0] === undefined ? null : { walkedUntil: rows[0].walked_until, now: rows[0].now };
    },
    async releaseLease({ storeId, holder, walkedUntil }) {
      await pool.query(RELEASE, [storeId, holder, walkedUntil]);
    },
  };
}

const TAKE = `insert into payment_reconciliation as r (store_id, holder, leased_until)
  values ($1, $2, now() + $3 * interval '1 millisecond')
  on conflict (store_id) do update set holder = excluded.holder, leased_until = excluded.leased_until
    where r.holder = excluded.holder or r.leased_until is null or r.leased_until < now()
  returning walked_until, now() as now`;
const RELEASE = `update payment_reconciliation
  set leased_until = null, holder = null, walked_until = coalesce($3::timestamptz, walked_until)
  where store_id = $1 and holder = $2`;

type LeaseRow = { walked_until: Date | null; now: Date };
