import { invariant } from "../assert.ts";
import { headroom } from "../ledger/account.ts";
import type { Actor } from "../ledger/transaction.ts";
import { add, type Credits, credits, least, subtract, ZERO } from "../money/credits.ts";
import {
  countSpending,
  limitAt,
  periodEndOf,
  roomOf,
  type SpendChange,
  type Spender,
  type Spending,
  type SpendLimit,
  tightestLimit,
} from "../policy/spend-limit.ts";
import { type Accepted, type Command, type Facts, type Refused, refuse } from "./command.ts";
import type { Session, SessionSubject } from "./session.ts";

/** Spend limits where money moves: what they leave, and what a decision counts against them. */

/** How much more usage of a spender may be held or charged: down to the floor, and within every limit that counts it. */
export function budgetOf(facts: Facts, spender: Spender, now: number): Credits {
  const toFloor = headroom(facts.account);
  const limit = tightestLimit(facts.spendLimits, spender, now);
  return limit === null ? toFloor : least(toFloor, roomOf(limit));
}

/** Refuses because of the limit that leaves least. */
export function refuseSpending(facts: Facts, spender: Spender, now: number): Refused {
  const limit = tightestLimit(facts.spendLimits, spender, now);
  invariant(limit !== null, "a limit refuses");
  return refuse(spendLimitReached(limit));
}

/** What a refusal says of the limit that is in the way. */
export function spendLimitReached(limit: SpendLimit) {
  const { scope, subject, period, spent, held } = limit;
  return {
    kind: "spend_limit_reached",
    scope,
    subject,
    period,
    limit: limit.limit,
    spent,
    held,
    resetsAt: periodEndOf(limit),
  } as const;
}

/** Whom a session's usage counts for. Its key is the one that opened it, whichever reports or ends it. */
export function spenderOfSession(session: Pick<Session, "agentId" | "userId" | "startedBy">): Spender {
  return spenderOf(session, session.startedBy);
}

export function spenderOf(
  { agentId, userId }: Pick<SessionSubject, "agentId" | "userId">,
  actor: Actor | null,
): Spender {
  return { agentId, userId, apiKeyId: actor?.type === "api_key" ? actor.id : null };
}

/** What a decision did to somebody's spending; null when it did nothing. */
export function spendingOf(facts: Facts, command: Command, decision: Accepted): Spending | null {
  const { session } = decision;
  const held = subtract(session?.held ?? ZERO, facts.session?.held ?? ZERO);
  const spent = decision.posted.reduce((sum, { counterAccount, amount }) => {
    // A refund gives the money back, and leaves the count: the usage took place.
    return counterAccount === "usage_revenue" && amount < 0n ? add(sum, credits(-amount)) : sum;
  }, ZERO);
  if (held === 0n && spent === 0n) return null;
  if (session !== null) return { spender: spenderOfSession(session), spent, held };
  invariant(command.kind === "charge", `${command.kind} posts no usage without a session`);
  return { spender: spenderOf(command.subject, command.origin.actor), spent, held };
}

/** The limits after a decision, and what to tell of them. */
export function spendChangeOf(facts: Facts, command: Command, decision: Accepted, now: number): SpendChange {
  // A command that sets limits has set them already, and spends nothing.
  if (decision.spendLimits.length === 0 || decision.spendLimits !== facts.spendLimits)
    return { limits: decision.spendLimits, alerts: decision.spendAlerts };
  const spending = spendingOf(facts, command, decision);
  if (spending === null) return { limits: facts.spendLimits, alerts: [] };
  const change = countSpending(facts.spendLimits, spending, now);
  assertLimits(facts, command, change, now);
  return change;
}

/** The promise, checked on every decision: only a limit that was lowered is exceeded, and then nothing is added. */
function assertLimits({ spendLimits }: Facts, command: Command, { limits }: SpendChange, now: number): void {
  limits.forEach((limit, index) => {
    const before = spendLimits[index];
    if (before === undefined || before === limit) return;
    const used = add(limit.spent, limit.held);
    const current = limitAt(before, now);
    invariant(
      used <= limit.limit || used <= add(current.spent, current.held),
      `${command.kind} would exceed the ${limit.period}'s limit of ${limit.scope} ${limit.subject ?? ""}`,
    );
    invariant(limit.held >= 0n, "what counts as held is not negative");
  });
}
