import { type Account, available, headroom } from "../ledger/account.ts";
import { type Credits, credits, greatest, least, subtract, ZERO } from "../money/credits.ts";
import { stepsCovered } from "../money/exact.ts";
import { roomOf, type SpendLimit } from "../policy/spend-limit.ts";
import { type AppliedRates, exactPerStep, NO_USAGE } from "../pricing/rate-usage.ts";
import { type GrantedSession, renewGrant } from "./grant.ts";

/** Advice before a session is opened. It holds nothing: by the time the session opens, others may have. */

export type StartAdvice = {
  /** Null when a session would be authorized now. */
  readonly refusal: "insufficient_credits" | "credits_reserved" | "spend_limit_reached" | null;
  readonly remainingGrace: Credits;
  /** Steps that one session of these rates could use down to the floor, within spend limits; null when it is free. */
  readonly stepsMax: bigint | null;
};

/** @param limit the one that leaves the session the least, as it stands now; null when none counts it. */
export function adviseStart(
  account: Account,
  rates: AppliedRates,
  limit: SpendLimit | null = null,
): StartAdvice {
  const perStep = exactPerStep(rates);
  const graceUsed = greatest(credits(-account.balance), ZERO);
  const isLimited = limit !== null && perStep > 0n && stepsCovered(roomOf(limit), perStep) === 0n;
  return {
    refusal: refusalOf(account) ?? (isLimited ? "spend_limit_reached" : null),
    remainingGrace: greatest(credits(account.graceLimit - graceUsed), ZERO),
    stepsMax: perStep === 0n ? null : stepsCovered(within(limit, headroom(account)), perStep),
  };
}

function refusalOf(account: Account): "insufficient_credits" | "credits_reserved" | null {
  if (available(account) > 0n) return null;
  return account.balance > 0n ? "credits_reserved" : "insufficient_credits";
}

function within(limit: SpendLimit | null, amount: Credits): Credits {
  return limit === null ? amount : least(amount, roomOf(limit));
}

export type Runway = {
  /** Steps that the balance pays for, without grace; null when usage is free. */
  readonly steps: bigint | null;
  /** Sessions that could be opened now, one after the other, beside those that run and within spend limits; null when usage is free. */
  readonly sessionsMax: bigint | null;
};

/** How long the balance lasts at these rates, and how many such sessions can run at once. */
/** @param limit as for `adviseStart`. */
export function runwayOf(account: Account, rates: AppliedRates, limit: SpendLimit | null = null): Runway {
  const perStep = exactPerStep(rates);
  if (perStep === 0n) return { steps: null, sessionsMax: null };
  return {
    steps: stepsCovered(greatest(account.balance, ZERO), perStep),
    sessionsMax: openable(account, rates, limit),
  };
}

/** Opens sessions in thought until none is authorized. Grants shrink as the sessions share what is there, so no formula
 *  says how many there will be; but many in a row hold the same, and these are opened at once. A price so high that
 *  each holds something else ends the count early: the rest holds no more than the last did, so there are as many at
 *  least. */
function openable(account: Account, rates: AppliedRates, limit: SpendLimit | null): bigint {
  let opened = account;
  let count = 0n;
  for (let runs = 0; available(opened) > 0n; runs += 1) {
    const heldSince = subtract(opened.held, account.held);
    const toFloor = headroom(opened);
    const budget = limit === null ? toFloor : least(toFloor, subtract(roomOf(limit), heldSince));
    const { grant, held } = renewGrant(opened, UNOPENED, rates, budget).session;
    if (grant.limit === 0n) return count;
    if (runs === RUNS_MAX) return count + least(available(opened), budget) / held;
    const alike = openedAlike(opened, held, budget);
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
function openedAlike(account: Account, hold: Credits, budget: Credits): bigint {
  const most = budget / hold;
  const free = available(account);
  const sharers = BigInt(account.activeSessions) + 1n;
  // A hold that the share pays for is that of all whose share does: the k-th has (free - k hold) / (sharers + k).
  if (free / hold >= sharers) return smaller((free / hold - sharers) / 2n + 1n, most);
  // What is more than the share is the least there is: it is given while anything is free and the budget allows.
  return smaller((free + hold - 1n) / hold, most);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** What a grant depends on, of a session that is being opened. */
const UNOPENED: GrantedSession = {
  usage: NO_USAGE,
  grant: { limit: 0n, size: 0n, final: false },
  held: ZERO,
  cost: ZERO,
};
