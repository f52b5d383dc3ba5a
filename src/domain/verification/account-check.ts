import { type Account, withGraceInForce } from "../ledger/account.ts";
import type { Credits } from "../money/credits.ts";
import { alertStateOf, isWorse } from "../policy/alert.ts";

/** What the sessions of an organization come to. */
export type RunningTotals = { readonly held: Credits; readonly activeSessions: number };

/** What an account contradicts besides its history: the holds of its running sessions, its grace, its news. Phrases.
 *  @param running null when a running session is itself broken, so that their sum says nothing. */
export function accountProblems(
  account: Account,
  running: RunningTotals | null,
  lastNewsSeq: bigint,
): string[] {
  const problems: string[] = [];
  if (running !== null && account.held !== running.held)
    problems.push(`held ${account.held} is not what its running sessions hold, ${running.held}`);
  if (running !== null && account.activeSessions !== running.activeSessions)
    problems.push(
      `active_sessions ${account.activeSessions} is not the number that run, ${running.activeSessions}`,
    );
  const { graceLimit } = withGraceInForce(account);
  if (graceLimit !== account.graceLimit)
    problems.push(`grace_limit ${account.graceLimit} is not the grace in force, ${graceLimit}`);
  if (lastNewsSeq > account.newsSeq)
    problems.push(`news_seq ${account.newsSeq} is behind its outbox, ${lastNewsSeq}`);
  const called = alertStateOf(account);
  // Before the first usage there was nothing to warn of, however little was given.
  const isUntold = isWorse(called, account.alertState) && account.typeSeq.consumption > 0n;
  if (isUntold || (called === "ok" && account.alertState !== "ok"))
    problems.push(`alert_state ${account.alertState} is not what its balance calls for, ${called}`);
  return problems;
}
