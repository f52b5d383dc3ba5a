import type pg from "pg";
import type { CheckpointPorts } from "../../application/checkpoint-ports.ts";
import type { ChainHead, ChainPoint } from "../../domain/verification/checkpoint.ts";

/** The ends of the chains, over all organizations. */
export function headStatements(pool: pg.Pool): Pick<CheckpointPorts, "now" | "listHeads"> {
  return {
    async now() {
      const { rows } = await pool.query<{ now: Date }>("select now() as now");
      if (rows[0] === undefined) throw new Error("the database has no time");
      return rows[0].now.getTime();
    },
    async listHeads({ since, after, limit }) {
      const { rows } = await pool.query<HeadRow>(HEADS, [after, since, limit]);
      return rows.map((row) => ({
        organizationId: row.org_id,
        seq: row.seq,
        hash: row.hash,
        balance: row.balance,
      }));
    },
  };
}

/** What the ledger has now where these heads were signed, in their order. */
export async function findChainPoints(pool: pg.Pool, heads: readonly ChainHead[]): Promise<ChainPoint[]> {
  const { rows } = await pool.query<PointRow>(POINTS, [
    heads.map(({ organizationId }) => organizationId),
    heads.map(({ seq }) => seq),
  ]);
  return rows.map((row) => ({ ledgerSeq: row.ledger_seq, hash: row.hash, balanceAfter: row.balance_after }));
}

// An account's seq, head and balance are one row: whatever is committed meanwhile, they belong together.
const HEADS = `select org_id, seq, encode(head_hash, 'hex') as hash, balance from account
  where org_id > $1 and seq > 0 and ($2::float8 is null or updated_at >= to_timestamp($2 / 1000.0))
  order by org_id limit $3`;
const POINTS = `select coalesce(a.seq, 0) as ledger_seq, encode(t.hash, 'hex') as hash, t.balance_after
  from unnest($1::text[], $2::bigint[]) with ordinality as h (org_id, seq, place)
  left join account a on a.org_id = h.org_id
  left join transaction t on t.org_id = h.org_id and t.seq = h.seq
  order by h.place`;

type HeadRow = { org_id: string; seq: bigint; hash: string; balance: bigint };
type PointRow = { ledger_seq: bigint; hash: string | null; balance_after: bigint | null };
