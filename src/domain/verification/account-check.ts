import type { Session } from "../charging/session.ts";
import { type Account, withGraceInForce } from "../ledger/account.ts";
import { add, ZERO } from "../money/credits.ts";
import { alertStateOf, isWorse } from "../policy/alert.ts";

/** What the sessions of an organization come to: the holds of those that run, and how many there are of each state. */
export type SessionTotals = Pick<
  Account,
  "held" | "activeSessions" | "settledSessions" | "cancelledSessions"
>;

export const NO_SESSIONS: SessionTotals = {
  held: ZERO,
  activeSessions: 0,
  settledSessions: 0n,
  cancelledSessions: 0n,
};

/** The totals with one more session. */
export function withSession(
  totals: SessionTotals,
  { status, held }: Pick<Session, "status" | "held">,
): SessionTotals {
  if (status === "settled") return { ...totals, settledSessions: totals.settledSessions + 1n };
  if (status === "cancelled") return { ...totals, cancelledSessions: totals.cancelledSessions + 1n };
  return { ...totals, held: add(totals.held, held), activeSessions: totals.activeSessions + 1 };
}

/** What an account contradicts besides its history: its sessions, its grace, its news. Phrases.
 *  @param sessions null when one of them is itself broken or missing, so that their sum says nothing. */
export function accountProblems(
  account: Account,
  sessions: SessionTotals | null,
  lastNewsSeq: bigint,
): string[] {
  const problems: string[] = [];
  if (sessions !== null) problems.push(...sessionTotalProblems(account, sessions));
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

function sessionTotalProblems(account: Account, sessions: SessionTotals): string[] {
  const problems: string[] = [];
  if (account.held !== sessions.held)
    problems.push(`held ${account.held} is not what its running sessions hold, ${sessions.held}`);
  if (account.activeSessions !== sessions.activeSessions)
    problems.push(
      `active_sessions ${account.activeSessions} is not the number that run, ${sessions.activeSessions}`,
    );
  for (const [name, stated, counted] of [
    ["settled", account.settledSessions, sessions.settledSessions],
    ["cancelled", account.cancelledSessions, sessions.cancelledSessions],
  ] as const)
    if (stated !== counted)
      problems.push(`${name}_sessions ${stated} is not the number that are ${name}, ${counted}`);
  return problems;
}
