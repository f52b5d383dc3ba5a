import { setSpendRules } from "../policy/spend-limit.ts";
import { type Accepted, accept, type Command, type Context, type Facts } from "./command.ts";

/** Sets the organization's spend limits in place of those it had. It takes effect with the next command: a running call
 *  keeps what it was granted, and is granted no more by a limit that was lowered below what is used. */
export function setSpendLimits(
  facts: Facts,
  { rules }: Command & { kind: "set_spend_limits" },
  { now }: Context,
): Accepted {
  const { limits, alerts } = setSpendRules(facts.spendLimits, rules, facts.spendMeters, now);
  return accept(facts, {
    account: { ...facts.account, hasSpendLimits: limits.length > 0, updatedAt: now },
    spendLimits: limits,
    spendAlerts: alerts,
  });
}
