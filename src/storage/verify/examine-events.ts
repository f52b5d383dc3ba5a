import type pg from "pg";
import type { Account } from "../../domain/ledger/account.ts";
import { transactionId } from "../../domain/ledger/transaction.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import type { References } from "./examine-references.ts";
import { streamRows } from "./stream-rows.ts";

// Found by another id, or by none, the same event would be charged again.
const EVENTS = `select seq, event_id, named from (
    select seq, event_id, case when type = 'consumption' and session_id is null then metadata ->> 'event_id' end as named
    from transaction where org_id = $1) as t
  where event_id is distinct from named`;
const FREE_EVENTS =
  "select exists(select from natural_id where org_id = $1 and namespace = 'event') as has_free_events";

/** One-shot events: the ids that their transactions are found by, and whether the account knows of those that cost nothing. */
export async function examineEvents(
  client: pg.ClientBase,
  organizationId: string,
  {
    account,
    check,
    onProblem,
  }: Pick<References, "check"> & { account: Account | null; onProblem: OnProblem },
): Promise<void> {
  await streamRows(client, { text: EVENTS, values: [organizationId] }, ([seq, id, named]) => {
    if (check.isBroken(BigInt(seq ?? 0))) return;
    const key = transactionId(organizationId, BigInt(seq ?? 0));
    const problem = `event_id ${id} is not the event that it was posted for, ${named}`;
    onProblem({ organizationId, table: "transaction", key, problem });
  });
  const { rows } = await client.query<{ has_free_events: boolean }>(FREE_EVENTS, [organizationId]);
  if (account === null || rows[0]?.has_free_events === account.hasFreeEvents) return;
  const problem = `has_free_events is ${account.hasFreeEvents}, against its natural_id rows`;
  onProblem({ organizationId, table: "account", key: organizationId, problem });
}
