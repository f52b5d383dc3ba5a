import { assertNever } from "../assert.ts";
import type { Transaction } from "../ledger/transaction.ts";
import type { Command, Facts } from "./command.ts";
import { isRunning, type Session } from "./session.ts";

/** A final grant ends with a hang-up, and its runtime may say nothing before. So whenever credit is added, the sessions
 *  on one are named in the news: report now, and go on. Source: brief.md, Balance policy; contract.md, outbound webhooks. */

/** The sessions to name after these postings. */
export function sessionsToReauthorize(facts: Facts, posted: readonly Transaction[]): readonly string[] {
  return posted.some(({ amount }) => amount > 0n) ? facts.onFinalGrant : [];
}

/** Whether a command may add credit, so that it has to know the sessions on a final grant. */
export function mayAddCredit(command: Command): boolean {
  switch (command.kind) {
    case "add_credit":
      return command.amount > 0n;
    case "refund_usage":
    case "credit_purchase":
      return true;
    case "authorize":
    case "report":
    case "settle":
    case "cancel":
    case "expire":
    case "charge":
    case "refund_purchase":
    case "set_policy":
      return false;
    default:
      return assertNever(command);
  }
}

/** Whether a session is to be named when credit is added. */
export function isOnFinalGrant(session: Session): boolean {
  return session.grant.final && isRunning(session);
}
