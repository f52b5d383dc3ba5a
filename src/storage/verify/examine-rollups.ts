import type pg from "pg";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { rowTypes } from "../database.ts";
import type { References } from "./examine-references.ts";
import type { OrganizationRange } from "./organization-range.ts";

// The account's total was compared with the ledger before; less what is not rolled up, it is what each dimension has.
const SUMS = `select a.org_id, d.dimension, a.total_usage - tail.amount as posted, rolled.amount as rolled
  from account a join usage_rollup_cursor c on c.org_id = a.org_id
  cross join (values ('agent'), ('architecture'), ('component'), ('api_key'), ('user')) as d (dimension)
  cross join lateral (select coalesce(sum(-t.amount), 0) as amount from transaction t
    where t.org_id = a.org_id and t.type = 'consumption' and t.type_seq > c.consumption_seq) as tail
  cross join lateral (select coalesce(sum(r.amount), 0) as amount from usage_rollup r
    where r.org_id = a.org_id and r.dimension = d.dimension) as rolled
  where a.org_id >= $1 and a.org_id <= $2 and a.total_usage - tail.amount <> rolled.amount`;

/** Rollups whose sum over a dimension is not what the ledger has up to their cursor. */
export async function examineRollups(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
  references: ReadonlyMap<string, References>,
  onProblem: OnProblem,
): Promise<void> {
  const { rows } = await client.query({ text: SUMS, values: [first, last], types: rowTypes });
  for (const { org_id: organizationId, dimension, posted, rolled } of rows) {
    // While transactions are broken or missing, the account's total says nothing.
    if (references.get(organizationId)?.check.isWhole() === false) continue;
    const problem = `comes to ${rolled}, and the ledger to ${posted}: make it anew with rebuild-rollups`;
    onProblem({ organizationId, table: "usage_rollup", key: dimension, problem });
  }
}
