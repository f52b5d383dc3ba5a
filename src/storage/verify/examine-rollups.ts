import type pg from "pg";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { rowTypes } from "../database.ts";
import type { References } from "./examine-references.ts";
import type { OrganizationRange } from "./organization-range.ts";

// The account's total was compared with the ledger before; less what is not rolled up, it is what each dimension has.
// Offset keeps PostgreSQL from summing that up anew for each dimension: where the roller is behind, it is long.
const SUMS = `select org_id, dimension, posted, coalesce(rolled, 0) as rolled
  from (select a.org_id, a.total_usage + coalesce((select sum(t.amount) from transaction t
        where t.org_id = a.org_id and t.type = 'consumption' and t.type_seq > c.consumption_seq), 0) as posted
      from account a join usage_rollup_cursor c on c.org_id = a.org_id
      where a.org_id >= $1 and a.org_id <= $2 offset 0) as ledger
    cross join (values ('agent'), ('architecture'), ('component'), ('api_key'), ('user')) as d (dimension)
    left join (select org_id, dimension, sum(amount) as rolled from usage_rollup
      where org_id >= $1 and org_id <= $2 group by org_id, dimension) as sums using (org_id, dimension)
  where posted <> coalesce(rolled, 0) order by org_id, dimension`;

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
