import type pg from "pg";
import type { ReconciliationRecord, ReconciliationRun } from "../../application/payment-ports.ts";

/** How reconciliation stands, for the operator. */
export function runStatements(pool: pg.Pool): ReconciliationRecord {
  return {
    async noteRun(storeId, { outcome, reason, counts }) {
      await pool.query(NOTE, [storeId, outcome, reason, JSON.stringify(counts)]);
    },
    async findReconciliation(storeId) {
      const { rows } = await pool.query<RunRow>(FIND, [storeId]);
      const row = rows[0];
      if (row === undefined) return null;
      const { ended_at: endedAt, outcome, reason, counts } = row;
      return {
        isRunning: row.is_running,
        walkedUntil: row.walked_until,
        lastRun: endedAt === null || outcome === null ? null : { endedAt, outcome, reason, counts },
      };
    },
    async countOpenEvents() {
      const { rows } = await pool.query<{ parked: bigint; failed: bigint }>(OPEN);
      return { parked: Number(rows[0]?.parked ?? 0n), failed: Number(rows[0]?.failed ?? 0n) };
    },
  };
}

const NOTE = `update payment_reconciliation
  set ended_at = now(), outcome = $2, reason = $3, counts = $4 where store_id = $1`;
const FIND = `select coalesce(leased_until > now(), false) as is_running, walked_until, ended_at, outcome, reason, counts
  from payment_reconciliation where store_id = $1`;
const OPEN = `select count(*) filter (where status = 'parked') as parked,
    count(*) filter (where status = 'failed') as failed
  from lemon_squeezy_event where status in ('parked', 'failed')`;

type RunRow = {
  is_running: boolean;
  walked_until: Date | null;
  ended_at: Date | null;
  outcome: ReconciliationRun["outcome"] | null;
  reason: string | null;
  counts: Record<string, number>;
};
