import type { Account, AlertState } from "../ledger/account.ts";

/** News of an alert: the state the account entered, or that it left them all. */
export type Alert = Exclude<AlertState, "ok"> | "recovered";

/** The account's alert state after a change, and what to tell of it: nothing, each state it fell into (mildest first), or
 *  that it recovered. A state is told of once; all re-arm together when the balance is back at the low threshold, so
 *  that usage around a boundary says nothing twice. Credits that come in, and do not suffice, say nothing.
 *  Source: brief.md, Balance policy. */
export function alertsOf(before: Account, after: Account): { state: AlertState; alerts: readonly Alert[] } {
  const state = before.alertState;
  const reached = alertStateOf(after);
  if (reached === "ok") return { state: reached, alerts: state === "ok" ? [] : ["recovered"] };
  const hasWorsened =
    after.balance < before.balance ||
    after.lowBalanceThreshold !== before.lowBalanceThreshold ||
    after.graceLimit !== before.graceLimit;
  if (!hasWorsened || !isWorse(reached, state)) return { state, alerts: [] };
  const fallenInto = FALLEN_INTO.slice(ALERT_STATES.indexOf(state), ALERT_STATES.indexOf(reached));
  // A threshold of 0 turns the warning off.
  const alerts = fallenInto.filter((alert) => alert !== "low" || after.lowBalanceThreshold > 0n);
  return { state: reached, alerts };
}

/** The state that an account's balance calls for: low below the threshold, depleted from 0.00 down, critical once 80 % of
 *  the grace are used. */
export function alertStateOf({ balance, graceLimit, lowBalanceThreshold }: Account): AlertState {
  if (balance < 0n && -balance * 5n >= graceLimit * 4n) return "critical";
  if (balance <= 0n) return "depleted";
  return balance < lowBalanceThreshold ? "low" : "ok";
}

export function isWorse(state: AlertState, than: AlertState): boolean {
  return ALERT_STATES.indexOf(state) > ALERT_STATES.indexOf(than);
}

const FALLEN_INTO = ["low", "depleted", "critical"] as const;
/** From good to bad. */
const ALERT_STATES: readonly AlertState[] = ["ok", ...FALLEN_INTO];
