import type pg from "pg";
import type { Account } from "../../domain/ledger/account.ts";
import { periodEndOf, type SpendLimit, spendKeyOf } from "../../domain/policy/spend-limit.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { withinTransaction } from "../organization-database.ts";
import { findSpendLimits, NEWEST_SEQ, RUNNING_HOLDS, SPENT_IN, spenderKey } from "../spending.ts";
import type { OrganizationRange } from "./organization-range.ts";

const LIMITED = "select distinct org_id from spend_limit where org_id >= $1 and org_id <= $2";

/** What counts against each spend limit, against the ledger of its period and the holds of the running sessions. */
export async function examineSpendLimits(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
  accounts: ReadonlyMap<string, { readonly account: Account }>,
  onProblem: OnProblem,
): Promise<void> {
  const { rows } = await client.query<{ org_id: string }>(LIMITED, [first, last]);
  const limited = new Set(rows.map((row) => row.org_id));
  for (const [organizationId, { account }] of accounts) {
    if (account.hasSpendLimits === limited.has(organizationId)) continue;
    const problem = `has_spend_limits is ${account.hasSpendLimits}, against its spend_limit rows`;
    onProblem({ organizationId, table: "account", key: organizationId, problem });
  }
  for (const organizationId of limited) await examineLimits(client, organizationId, onProblem);
}

async function examineLimits(
  client: pg.ClientBase,
  organizationId: string,
  onProblem: OnProblem,
): Promise<void> {
  const limits = await findSpendLimits(withinTransaction(client, organizationId));
  const held = sumsOf(await client.query(RUNNING_HOLDS, [organizationId, limits.map(spenderKey)]));
  for (const [first, ...others] of byPeriod(limits)) {
    const ofPeriod = [first, ...others];
    const period = [new Date(first.periodStart), new Date(periodEndOf(first))];
    const values = [organizationId, ...period, ofPeriod.map(spenderKey), 0n, NEWEST_SEQ];
    const spent = sumsOf(await client.query(SPENT_IN, values));
    for (const limit of ofPeriod)
      for (const [name, stated, counted] of [
        ["spent", limit.spent, spent.get(spenderKey(limit)) ?? 0n],
        ["held", limit.held, held.get(spenderKey(limit)) ?? 0n],
      ] as const) {
        if (stated === counted) continue;
        const problem = `${name} ${stated} is not what is ${name} in its period, ${counted}`;
        onProblem({ organizationId, table: "spend_limit", key: spendKeyOf(limit), problem });
      }
  }
}

/** Limits of one period together, so that its part of the ledger is read once. */
function byPeriod(limits: readonly SpendLimit[]): Iterable<[SpendLimit, ...SpendLimit[]]> {
  const groups = new Map<string, [SpendLimit, ...SpendLimit[]]>();
  for (const limit of limits) {
    const key = `${limit.period} ${limit.periodStart}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [limit]);
    else group.push(limit);
  }
  return groups.values();
}

function sumsOf({ rows }: { rows: { spender: string; sum: bigint }[] }): Map<string, bigint> {
  return new Map(rows.map(({ spender, sum }) => [spender, sum]));
}
