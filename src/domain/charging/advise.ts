import { type Account, available, headroom } from "../ledger/account.ts";
import { type Credits, credits, greatest, least, ZERO } from "../money/credits.ts";
import { type Exact, roundUp, stepsCovered } from "../money/exact.ts";
import { type AppliedRates, exactPerStep } from "../pricing/rate-usage.ts";
import { GRANT_SIZES } from "./grant.ts";

/** Advice before a session is opened. It holds nothing: by the time the session opens, others may have. */

export type StartAdvice = {
  /** Null when a session would be authorized now. */
  readonly refusal: "insufficient_credits" | "credits_reserved" | null;
  readonly remainingGrace: Credits;
  /** Steps that one session of these rates could use down to the floor; null when it is free. */
  readonly stepsMax: bigint | null;
};

export function adviseStart(account: Account, rates: AppliedRates): StartAdvice {
  const perStep = exactPerStep(rates);
  const graceUsed = greatest(credits(-account.balance), ZERO);
  return {
    refusal:
      available(account) > 0n ? null : account.balance > 0n ? "credits_reserved" : "insufficient_credits",
    remainingGrace: greatest(credits(account.graceLimit - graceUsed), ZERO),
    stepsMax: perStep === 0n ? null : stepsCovered(headroom(account), perStep),
  };
}

export type Runway = {
  /** Steps that the balance pays for, without grace; null when usage is free. */
  readonly steps: bigint | null;
  /** Sessions that could be authorized at once, each with a minimum grant; null when usage is free. */
  readonly sessionsMax: bigint | null;
};

/** How long the balance lasts at these rates, and how many such sessions can run at once. */
export function runwayOf(account: Account, rates: AppliedRates): Runway {
  const perStep = exactPerStep(rates);
  if (perStep === 0n) return { steps: null, sessionsMax: null };
  const smallestHold = roundUp((perStep * GRANT_SIZES[rates.measure].min) as Exact);
  const free = greatest(least(available(account), account.balance), ZERO);
  return {
    steps: stepsCovered(greatest(account.balance, ZERO), perStep),
    // The last one may take a sliver from grace.
    sessionsMax: (free + smallestHold - 1n) / smallestHold,
  };
}
