import { type Account, available, headroom } from "../ledger/account.ts";
import { type Credits, credits, greatest, ZERO } from "../money/credits.ts";
import { type Exact, roundUp, stepsCovered } from "../money/exact.ts";
import { type AppliedRates, exactPerStep, NO_USAGE } from "../pricing/rate-usage.ts";
import { GRANT_SIZES, type GrantedSession, renewGrant } from "./grant.ts";

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
  /** Sessions that could be opened now, one after the other, beside those that run; null when usage is free. */
  readonly sessionsMax: bigint | null;
};

/** How long the balance lasts at these rates, and how many such sessions can run at once. */
export function runwayOf(account: Account, rates: AppliedRates): Runway {
  const perStep = exactPerStep(rates);
  if (perStep === 0n) return { steps: null, sessionsMax: null };
  return {
    steps: stepsCovered(greatest(account.balance, ZERO), perStep),
    sessionsMax: openable(account, rates),
  };
}

/** Opens sessions in thought until none is authorized: grants shrink as the sessions share what is there, so no
 *  formula says how many there will be. Beyond the first ones it counts the rest at a standard grant each, the least
 *  that it can be. */
function openable(account: Account, rates: AppliedRates): bigint {
  const standardHold = roundUp((exactPerStep(rates) * GRANT_SIZES[rates.measure].standard) as Exact);
  let opened = account;
  for (let count = 0n; ; count += 1n) {
    const free = available(opened);
    if (free <= 0n) return count;
    if (count === OPENED_ONE_BY_ONE) return count + free / standardHold;
    const granted = renewGrant(opened, UNOPENED, rates);
    if (granted.session.grant.limit === 0n) return count;
    opened = { ...granted.account, activeSessions: opened.activeSessions + 1 };
  }
}

const OPENED_ONE_BY_ONE = 2_000n;

/** What a grant depends on, of a session that is being opened. */
const UNOPENED: GrantedSession = {
  usage: NO_USAGE,
  grant: { limit: 0n, size: 0n, final: false },
  held: ZERO,
  cost: ZERO,
};
