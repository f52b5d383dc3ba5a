import { type Account, available } from "../ledger/account.ts";
import { type Context, type Refused, refuse } from "./command.ts";

/** Refuses for want of credits: insufficient_credits, or credits_reserved where waiting helps because running sessions
 *  hold what is wanted. Trying again pays after a quarter of the validity: by then many of them have reported.
 *  @param doesUnheld whether the account would do if nothing were held. */
export function refuseCredits(account: Account, { timing }: Context, doesUnheld: boolean): Refused {
  const state = { balance: account.balance, available: available(account) };
  if (!doesUnheld) return refuse({ kind: "insufficient_credits", ...state });
  return refuse({
    kind: "credits_reserved",
    ...state,
    retryAfterSeconds: Math.ceil(timing.validityMs / 4000),
  });
}
