import type pg from "pg";
import type { Account } from "../../domain/ledger/account.ts";
import type { PriceBook } from "../../domain/pricing/price-book.ts";
import { accountProblems } from "../../domain/verification/account-check.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { examineEvents } from "./examine-events.ts";
import { examineNaturalIds } from "./examine-references.ts";
import { examineSessions } from "./examine-sessions.ts";
import { type ExaminedHistory, examineTransactions } from "./examine-transactions.ts";

/** Examines an organization in which screening found something: row by row, in exact numbers, and names what is wrong.
 *  Nothing is, where the row that stood out was only written in another way than ours, such as by a restore. */
export async function examineOrganization(
  client: pg.ClientBase,
  organizationId: string,
  { account, lastNewsSeq, prices, onProblem }: ExaminedWith,
): Promise<{ history: ExaminedHistory; transactions: number }> {
  const examined = await examineTransactions(client, organizationId, onProblem);
  const { history } = examined;
  history.check.finish(account);
  const sessions = await examineSessions(client, organizationId, { prices, history, onProblem });
  const problems = account === null ? [] : accountProblems(account, sessions, lastNewsSeq);
  for (const problem of problems)
    onProblem({ organizationId, table: "account", key: organizationId, problem });
  await examineNaturalIds(client, organizationId, history, onProblem);
  await examineEvents(client, organizationId, { account, check: history.check, onProblem });
  return examined;
}

export type ExaminedWith = {
  readonly account: Account | null;
  readonly lastNewsSeq: bigint;
  readonly prices: PriceBook;
  readonly onProblem: OnProblem;
};
