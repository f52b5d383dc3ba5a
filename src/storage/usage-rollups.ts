import type pg from "pg";
import type { PriceBook } from "../domain/pricing/price-book.ts";
import { addSum, sumsOf, type UsageSum, type UsageSums } from "../domain/usage/usage-sums.ts";
import { inTransaction } from "./in-transaction.ts";
import { withinTransaction } from "./organization-database.ts";
import { insertStatement, instant } from "./posting/column-arrays.ts";
import { readUsageFacts } from "./reading/usage-facts.ts";

/** Rolls the next usage of an organization up. The sums and how far they reach are written in one transaction, so that
 *  kill -9 at any point neither loses nor doubles any; where another process is at it, nothing is done.
 *  @returns how many transactions were rolled up. */
export async function rollUp(
  pool: pg.Pool,
  organizationId: string,
  { limit, prices }: { readonly limit: number; readonly prices: PriceBook },
): Promise<number> {
  return inTransaction(pool, async (client) => {
    await client.query(BEGIN_CURSOR, [organizationId]);
    const { rows } = await client.query<{ consumption_seq: bigint }>(TAKE_CURSOR, [organizationId]);
    const after = rows[0]?.consumption_seq;
    if (after === undefined) return 0;
    const database = withinTransaction(client, organizationId);
    const { facts, last } = await readUsageFacts(database, { after, limit, prices });
    if (facts.length === 0) return 0;
    const sums: UsageSums = new Map();
    for (const fact of facts) for (const sum of sumsOf(fact)) addSum(sums, sum);
    const rolled = [...sums.values()].map((sum) => ({ ...sum, organizationId }));
    await client.query(ADD_SUMS.text, ADD_SUMS.values(rolled));
    await client.query(MOVE_CURSOR, [organizationId, last]);
    return facts.length;
  });
}

/** Forgets what was rolled up, for it to be made anew from the ledger. */
export async function clearRollups(pool: pg.Pool, organizationId: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(BEGIN_CURSOR, [organizationId]);
    // Whoever is rolling up comes first; a read sees all of this or nothing.
    await client.query(MOVE_CURSOR, [organizationId, 0n]);
    await client.query("delete from usage_rollup where org_id = $1", [organizationId]);
  });
}

/** Organizations with at least so much usage that is not rolled up, those with the most first. */
export async function listUnrolled(pool: pg.Pool, least: number, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ org_id: string }>(
    `select a.org_id from account a left join usage_rollup_cursor c on c.org_id = a.org_id
     where a.consumption_seq - coalesce(c.consumption_seq, 0) >= $1
     order by a.consumption_seq - coalesce(c.consumption_seq, 0) desc limit $2`,
    [least, limit],
  );
  return rows.map((row) => row.org_id);
}

const BEGIN_CURSOR =
  "insert into usage_rollup_cursor (org_id, consumption_seq) values ($1, 0) on conflict (org_id) do nothing";
const TAKE_CURSOR =
  "select consumption_seq from usage_rollup_cursor where org_id = $1 for update skip locked";
const MOVE_CURSOR = "update usage_rollup_cursor set consumption_seq = $2 where org_id = $1";

type RolledSum = UsageSum & { readonly organizationId: string };
const ADD_SUMS = insertStatement<RolledSum>(
  "usage_rollup",
  [
    { name: "org_id", type: "text", value: (sum) => sum.organizationId },
    { name: "dimension", type: "text", value: (sum) => sum.dimension },
    instant("hour", (sum) => sum.from),
    { name: "member", type: "text", value: (sum) => sum.member.id },
    { name: "name", type: "text", value: (sum) => sum.member.name },
    { name: "amount", type: "bigint", value: (sum) => sum.amount },
    { name: "sessions", type: "bigint", value: (sum) => sum.sessions },
    { name: "duration_ms", type: "bigint", value: (sum) => sum.usage.durationMs },
    { name: "messages", type: "bigint", value: (sum) => sum.usage.messages },
    { name: "units", type: "bigint", value: (sum) => sum.usage.units },
  ],
  `on conflict (org_id, dimension, hour, member) do update set name = coalesce(excluded.name, usage_rollup.name),
     amount = usage_rollup.amount + excluded.amount, sessions = usage_rollup.sessions + excluded.sessions,
     duration_ms = usage_rollup.duration_ms + excluded.duration_ms,
     messages = usage_rollup.messages + excluded.messages, units = usage_rollup.units + excluded.units`,
);
