import { type Account, available, headroom } from "../ledger/account.ts";
import { type Credits, credits, greatest, ZERO } from "../money/credits.ts";
import { stepsCovered } from "../money/exact.ts";
import { type AppliedRates, exactPerStep, NO_USAGE } from "../pricing/rate-usage.ts";
import { type GrantedSession, renewGrant } from "./grant.ts";

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

/** Opens sessions in thought until none is authorized. Grants shrink as the sessions share what is there, so no formula
 *  says how many there will be; but many in a row hold the same, and these are opened at once. A price so high that
 *  each holds something else ends the count early: the rest holds no more than the last did, so there are as many at
 *  least. */
function openable(account: Account, rates: AppliedRates): bigint {
  let opened = account;
  let count = 0n;
  for (let runs = 0; available(opened) > 0n; runs += 1) {
    const { grant, held } = renewGrant(opened, UNOPENED, rates).session;
    if (grant.limit === 0n) return count;
    if (runs === RUNS_MAX) return count + available(opened) / held;
    const alike = openedAlike(opened, held);
    count += alike;
    opened = {
      ...opened,
      held: credits(opened.held + alike * held),
      activeSessions: opened.activeSessions + Number(alike),
    };
  }
  return count;
}

/** A call at the default prices comes to 609, whatever the balance; more would hold up the event loop. */
const RUNS_MAX = 700;

/** How many sessions in a row get a hold, the first of which does. */
function openedAlike(account: Account, hold: Credits): bigint {
  const free = available(account);
  const sharers = BigInt(account.activeSessions) + 1n;
  // A hold that the share pays for is that of all whose share does: the k-th has (free - k hold) / (sharers + k).
  if (free / hold >= sharers) return (free / hold - sharers) / 2n + 1n;
  // What is more than the share is the least there is: it is given while anything is free and the floor allows.
  const whileFree = (free + hold - 1n) / hold;
  const aboveFloor = headroom(account) / hold;
  return whileFree < aboveFloor ? whileFree : aboveFloor;
}

/** What a grant depends on, of a session that is being opened. */
const UNOPENED: GrantedSession = {
  usage: NO_USAGE,
  grant: { limit: 0n, size: 0n, final: false },
  held: ZERO,
  cost: ZERO,
};
