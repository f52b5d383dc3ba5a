import { invariant } from "../assert.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import { type AppliedRates, costOf, type Usage } from "../pricing/rate-usage.ts";
import { ratesUnder } from "../pricing/rates-under.ts";
import {
  accept,
  type Command,
  type Context,
  type Decision,
  type Facts,
  refuse,
  type UsageTotals,
} from "./command.ts";
import { needsRenewal, renewGrant } from "./grant.ts";
import { type Session, withFlag } from "./session.ts";
import { budgetOf, spenderOfSession } from "./spending.ts";

/** Takes a report of cumulative totals and renews the grant where it must. A report that renews nothing leaves
 *  the account as it is. Old or repeated seq: nothing changes.
 *  Refuses session_not_found, session_settled, session_cancelled. */
export function report(facts: Facts, command: Command & { kind: "report" }, context: Context): Decision {
  const { account, session } = facts;
  if (session === null) return refuse({ kind: "session_not_found", sessionId: command.sessionId });
  if (session.status === "settled") return refuse({ kind: "session_settled", sessionId: session.id });
  if (session.status === "cancelled") return refuse({ kind: "session_cancelled", sessionId: session.id });
  if (command.seq <= session.reportSeq) return accept(facts, { repeated: true });

  const rates = pinnedRates(context.prices, session);
  const measured = measure(session, command.usage, rates, context.now);
  const reported: Session = {
    ...measured,
    status: "active",
    lastReportAt: context.now,
    reportSeq: command.seq,
  };
  if (!needsRenewal(reported, rates.measure)) return accept(facts, { session: reported });
  const budget = budgetOf(facts, spenderOfSession(session), context.now);
  const renewed = renewGrant(account, reported, rates, budget);
  return accept(facts, {
    session: renewed.session,
    account: renewed.account === account ? account : { ...renewed.account, updatedAt: context.now },
  });
}

/** What the runtime is to do next: hang up when its final grant is used up. */
export function actionFor(session: Session, measure: keyof Usage): "continue" | "terminate" {
  return session.grant.final && session.usage[measure] >= session.grant.limit ? "terminate" : "continue";
}

/** The rates that a session was opened with. Versions are never changed or removed, so they are there. */
export function pinnedRates(prices: PriceBook, session: Session): AppliedRates {
  const rates = ratesUnder(prices, session, session);
  invariant(rates !== null, `price version ${session.priceVersion} rates session ${session.id}`);
  return rates;
}

/** A session at the given totals: a total below an earlier one is ignored and flagged, and a duration far above the
 *  elapsed time is taken as reported (the key is trusted) and flagged. */
export function measure(session: Session, totals: UsageTotals, rates: AppliedRates, now: number): Session {
  const usage = { ...session.usage };
  let flags = session.flags;
  for (const key of ["durationMs", "messages", "units"] as const) {
    const total = totals[key];
    if (total === undefined) continue;
    if (total < usage[key]) flags = withFlag(flags, "usage_regressed");
    else usage[key] = total;
  }
  if (exceedsElapsed(usage.durationMs, now - session.startedAt))
    flags = withFlag(flags, "duration_exceeds_elapsed");
  return { ...session, usage, flags, cost: costOf(usage, rates) };
}

/** A tenth and ten seconds of slack: runtimes count ringing and clocks differ. */
function exceedsElapsed(durationMs: bigint, elapsedMs: number): boolean {
  return Number(durationMs) > elapsedMs * 1.1 + 10_000;
}
