import { post } from "../ledger/post.ts";
import { add, greatest, least, negate, subtract, ZERO } from "../money/credits.ts";
import type { AppliedRates } from "../pricing/rate-usage.ts";
import {
  type Accepted,
  accept,
  type Command,
  type Context,
  type Decision,
  type Facts,
  refuse,
  type UsageTotals,
} from "./command.ts";
import { describeUsage, kindOfSession, unitNameOf, usageMetadata } from "./describe.ts";
import { moveHold } from "./grant.ts";
import { measure, pinnedRates } from "./report.ts";
import { isRunning, type Session, withFlag } from "./session.ts";
import { budgetOf, spenderOfSession } from "./spending.ts";

/** How long after a loss the runtime may still tell the true totals. Source: design.md, Lost runtime. */
const LATE_END_WINDOW_MS = 24 * 60 * 60 * 1000;

/** Settles a session: posts its cost and releases its hold. Again with the same totals: the same answer.
 *  The first end after a loss posts one correction.
 *  Refuses session_not_found, session_cancelled, session_settled (other totals). */
export function settle(facts: Facts, command: Command & { kind: "settle" }, context: Context): Decision {
  const { session } = facts;
  if (session === null) return refuse({ kind: "session_not_found", sessionId: command.sessionId });
  if (session.status === "cancelled") return refuse({ kind: "session_cancelled", sessionId: session.id });
  if (isRunning(session)) {
    const rates = pinnedRates(context.prices, session);
    const measured = measure(session, command.usage, rates, context.now);
    return settleAt(facts, measured, rates, { ...command, now: context.now });
  }
  if (awaitsLateEnd(session, context.now)) return correct(facts, session, command, context);
  return sameTotals(session, command.usage)
    ? accept(facts, { repeated: true, transaction: facts.sessionTransaction })
    : refuse({ kind: "session_settled", sessionId: session.id });
}

/** Posts min(cost, hold + budget), releases the rest of the hold, and records what the floor, or a spend limit, kept from
 *  being collected. A session that cost nothing posts nothing. */
export function settleAt(
  facts: Facts,
  session: Session,
  rates: AppliedRates,
  { now, origin, endedAt, reason }: Ending,
): Accepted {
  const budget = budgetOf(facts, spenderOfSession(session), now);
  const charged = least(session.cost, add(session.held, budget));
  const released = moveHold(facts.account, session, ZERO);
  const settled: Session = {
    ...released.session,
    status: "settled",
    endedAt: endOf(session, endedAt, now),
    charged,
    uncollected: subtract(session.cost, charged),
  };
  const account = {
    ...released.account,
    activeSessions: facts.account.activeSessions - 1,
    settledSessions: facts.account.settledSessions + 1n,
    updatedAt: now,
  };
  if (charged === 0n) return accept(facts, { account, session: settled });
  const posted = post(
    account,
    {
      kind: kindOfSession(session.architecture),
      amount: negate(charged),
      description: describeUsage(session, session.usage, unitNameOf(rates)),
      sessionId: session.id,
      metadata: usageMetadata(session, session.usage, { endReason: reason }),
      origin,
      occurredAt: settled.endedAt,
    },
    now,
  );
  return accept(facts, {
    account: posted.account,
    session: { ...settled, transactionSeq: posted.transaction.seq },
    transaction: posted.transaction,
    posted: [posted.transaction],
  });
}

/** How a session came to its end. */
type Ending = Pick<Command & { kind: "settle" }, "origin" | "endedAt" | "reason"> & { readonly now: number };

/** The runtime's end is for the record, within what our clock knows to be possible. */
function endOf(session: Session, endedAt: number | null, now: number): number {
  return endedAt === null ? now : Math.min(Math.max(endedAt, session.startedAt), now);
}

function awaitsLateEnd(session: Session, now: number): boolean {
  if (!session.flags.includes("lost") || session.flags.includes("late_end")) return false;
  return session.endedAt !== null && now < session.endedAt + LATE_END_WINDOW_MS;
}

/** The one correction after a loss: the difference to the true totals, clamped at the floor and at spend limits. */
function correct(
  facts: Facts,
  session: Session,
  command: Command & { kind: "settle" },
  context: Context,
): Accepted {
  const rates = pinnedRates(context.prices, session);
  const measured = measure(session, command.usage, rates, context.now);
  const due = greatest(subtract(measured.cost, session.charged), ZERO);
  const amount = least(due, budgetOf(facts, spenderOfSession(session), context.now));
  const corrected: Session = {
    ...measured,
    flags: withFlag(measured.flags, "late_end"),
    charged: add(session.charged, amount),
    uncollected: subtract(due, amount),
  };
  if (amount === 0n) return accept(facts, { session: corrected, transaction: facts.sessionTransaction });
  const posted = post(
    facts.account,
    {
      kind: "late_end",
      amount: negate(amount),
      description: `Late end correction - ${describeUsage(corrected, corrected.usage, unitNameOf(rates))}`,
      sessionId: session.id,
      metadata: usageMetadata(corrected, corrected.usage),
      origin: command.origin,
      occurredAt: endOf(session, command.endedAt, context.now),
    },
    context.now,
  );
  return accept(facts, {
    account: posted.account,
    session: { ...corrected, transactionSeq: posted.transaction.seq },
    transaction: posted.transaction,
    posted: [posted.transaction],
  });
}

/** Whether an end repeats the settled totals; a total that it leaves out is not in question. A total that fell below
 *  an earlier one was ignored, so the end that said it is not to be told that it says something else. */
function sameTotals(session: Session, totals: UsageTotals): boolean {
  const fell = session.flags.includes("usage_regressed");
  return (["durationMs", "messages", "units"] as const).every((key) => {
    const total = totals[key];
    return total === undefined || total === session.usage[key] || (fell && total < session.usage[key]);
  });
}
