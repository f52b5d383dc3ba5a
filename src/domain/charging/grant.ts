import { type Account, available } from "../ledger/account.ts";
import { add, type Credits, credits, greatest, least, subtract, ZERO } from "../money/credits.ts";
import { type Exact, roundUp, stepsCovered } from "../money/exact.ts";
import { type AppliedRates, exactPerStep, type Measure } from "../pricing/rate-usage.ts";
import type { GrantState, Session } from "./session.ts";

/** Sizes of a grant in steps of its measure. Source: design.md, Grant size (default 60 s, minimum 10 s). */
export const GRANT_SIZES: Readonly<Record<Measure, { min: bigint; standard: bigint }>> = {
  durationMs: { min: 10_000n, standard: 60_000n },
  messages: { min: 5n, standard: 20n },
  units: { min: 5n, standard: 50n },
};

/** What a grant depends on of its session. */
export type GrantedSession = Pick<Session, "usage" | "grant" | "held" | "cost">;

/** A session and its account after the hold was moved to the next grant. */
export type Granted<S extends GrantedSession = Session> = { readonly account: Account; readonly session: S };

/** Moves a session's hold to "cost so far + next grant".
 *  The size is the session's fair share of what is available, between the minimum and the standard size. It is given
 *  whole when the budget pays for it; else as much as fits, and then it is final.
 *  What was granted before is never taken back: the runtime may already be using it.
 *  @param budget how much more may be held: to the floor, and within spend limits. */
export function renewGrant<S extends GrantedSession>(
  account: Account,
  session: S,
  rates: AppliedRates,
  budget: Credits,
): Granted<S> {
  const used = session.usage[rates.measure];
  const perStep = exactPerStep(rates);
  const wanted = used + wantedSteps(account, session, rates.measure, perStep);
  const mostHeld = add(session.held, budget);
  const affordable = perStep === 0n ? wanted : stepsCovered(mostHeld, perStep);
  const limit = bigger(session.grant.limit, wanted <= affordable ? wanted : affordable);
  const grant: GrantState = {
    limit,
    size: bigger(limit - used, 0n),
    final: wanted > affordable && limit < wanted,
  };
  // Usage beyond every grant: the hold rises to the cost as far as the budget allows.
  const needed = greatest(roundUp(((limit > used ? limit : used) * perStep) as Exact), session.cost);
  const held = greatest(session.held, least(needed, mostHeld));
  return moveHold(account, { ...session, grant }, held);
}

/** Sets a session's hold and the account's sum of holds together. */
export function moveHold<S extends GrantedSession>(account: Account, session: S, held: Credits): Granted<S> {
  if (held === session.held) return { account, session };
  return {
    account: { ...account, held: add(account.held, subtract(held, session.held)) },
    session: { ...session, held },
  };
}

/** Whether a report must renew: a final grant may have become a normal one, a quarter or less is left, or the
 *  cost has outgrown the hold. */
export function needsRenewal(session: Session, measure: Measure): boolean {
  const left = session.grant.limit - session.usage[measure];
  return session.grant.final || left * 4n <= session.grant.size || session.cost > session.held;
}

/** Steps to grant on top of the usage so far. A session with no price of its own gets the standard size. */
function wantedSteps(account: Account, session: GrantedSession, measure: Measure, perStep: Exact): bigint {
  const { min, standard } = GRANT_SIZES[measure];
  if (perStep === 0n) return standard;
  // What its own hold has beyond the cost so far is available to the session; a cost beyond its hold has to be paid first.
  const spare = subtract(session.held, session.cost);
  // A session that is being opened is not among the active ones yet.
  const isOpening = session.grant.limit === 0n;
  const sharers = BigInt(isOpening ? account.activeSessions + 1 : account.activeSessions);
  const share = credits(greatest(add(available(account), spare), ZERO) / sharers);
  const steps = stepsCovered(share, perStep);
  return steps < min ? min : steps > standard ? standard : steps;
}

function bigger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** A grant as the runtime sees it, counted on from the reported total. Source: contract.md, Charging. */
export type GrantView = {
  readonly amount: Credits;
  readonly steps: bigint;
  readonly measure: Measure;
  /** Epoch ms: without a report by then the session becomes stale some time later. */
  readonly expiresAt: number;
  readonly renewAfterMs: number | null;
  readonly final: boolean;
};

/** What is left of a session's grant, or null when it does not run. */
export function grantView(session: Session, measure: Measure, validityMs: number): GrantView | null {
  if (session.status !== "active" && session.status !== "stale") return null;
  const steps = bigger(session.grant.limit - session.usage[measure], 0n);
  return {
    amount: greatest(subtract(session.held, session.cost), ZERO),
    steps,
    measure,
    expiresAt: session.lastReportAt + validityMs,
    renewAfterMs: session.grant.final ? null : renewAfterMs(session, measure, steps, validityMs),
    final: session.grant.final,
  };
}

/** When to report next: with a quarter of the grant left, and always well inside the validity. */
function renewAfterMs(session: Session, measure: Measure, steps: bigint, validityMs: number): number {
  const byValidity = Math.floor((validityMs * 3) / 4);
  if (measure !== "durationMs") return byValidity;
  return Math.min(Number(bigger(steps - session.grant.size / 4n, 0n)), byValidity);
}
