import { assertNever } from "../assert.ts";
import { spendKeyOf } from "../policy/spend-limit.ts";
import type { Accepted, Command, Facts } from "./command.ts";
import { isRunning, type Session } from "./session.ts";

/** A final grant ends with a hang-up, and its runtime may say nothing before. So whenever credit is added, or the grace
 *  limit or a spend limit raised, the sessions on one are named in the news: report now, and go on. Source: brief.md,
 *  Balance policy; contract.md, outbound webhooks. */

/** The sessions to name after this decision. */
export function sessionsToReauthorize(facts: Facts, decision: Accepted): readonly string[] {
  const { posted, account, spendLimits } = decision;
  const addsCredit = posted.some(({ amount }) => amount > 0n);
  const addsGrace = account.graceLimit > facts.account.graceLimit;
  return addsCredit || addsGrace || isLimitRaised(facts, spendLimits) ? facts.onFinalGrant : [];
}

function isLimitRaised({ spendLimits: before }: Facts, after: Accepted["spendLimits"]): boolean {
  if (before === after) return false;
  const limits = new Map(after.map((limit) => [spendKeyOf(limit), limit.limit]));
  return before.some((limit) => {
    const now = limits.get(spendKeyOf(limit));
    return now === undefined || now > limit.limit;
  });
}

/** Whether a command may leave more to use, so that it has to know the sessions on a final grant. */
export function mayReauthorize(command: Command): boolean {
  switch (command.kind) {
    case "add_credit":
      return command.amount > 0n;
    case "refund_usage":
    case "credit_purchase":
    case "set_spend_limits":
      return true;
    case "set_policy":
      return command.policy.graceLimit !== undefined;
    case "authorize":
    case "report":
    case "settle":
    case "cancel":
    case "expire":
    case "charge":
    case "refund_purchase":
      return false;
    default:
      return assertNever(command);
  }
}

/** Whether a session is to be named then. */
export function isOnFinalGrant(session: Session): boolean {
  return session.grant.final && isRunning(session);
}
