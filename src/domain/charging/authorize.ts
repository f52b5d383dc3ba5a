import { available, headroom } from "../ledger/account.ts";
import { ZERO } from "../money/credits.ts";
import { pricesInForce } from "../pricing/price-book.ts";
import { ratesUnder } from "../pricing/rates-under.ts";
import { accept, type Command, type Context, type Decision, type Facts, refuse } from "./command.ts";
import { renewGrant } from "./grant.ts";
import { refuseCredits } from "./refuse-credits.ts";
import { newSession } from "./session.ts";
import { budgetOf, refuseSpending, spenderOfSession } from "./spending.ts";

/** Opens a session and holds its first grant. Calls start while the balance is above 0.00 and running sessions do
 *  not hold all of it: new calls never live on grace, but for the last sliver of a minimum grant.
 *  Refuses insufficient_credits, credits_reserved, spend_limit_reached, session_exists, price_missing. */
export function authorize(
  facts: Facts,
  command: Command & { kind: "authorize" },
  context: Context,
): Decision {
  const { account, session: existing } = facts;
  if (existing !== null) {
    return existing.fingerprint === command.fingerprint
      ? accept(facts, { repeated: true, transaction: facts.sessionTransaction })
      : refuse({ kind: "session_exists", sessionId: existing.id });
  }
  const pinned = pricesInForce(context.prices, account.organizationId, context.now);
  const rates = pinned === null ? null : ratesUnder(context.prices, pinned, command.subject);
  if (pinned === null || rates === null) return refuse({ kind: "price_missing" });

  if (available(account) <= 0n) return refuseCredits(account, context, account.balance > 0n);

  const opened = newSession({
    organizationId: account.organizationId,
    id: command.sessionId,
    fingerprint: command.fingerprint,
    subject: command.subject,
    pinned,
    startedBy: command.origin.actor,
    usedDefaultRate: rates.usedDefault,
    now: context.now,
  });
  const spender = spenderOfSession(opened);
  const granted = renewGrant(account, opened, rates, budgetOf(facts, spender, context.now));
  if (granted.session.grant.limit === 0n) {
    const unlimited = renewGrant(account, opened, rates, headroom(account));
    if (unlimited.session.grant.limit > 0n) return refuseSpending(facts, spender, context.now);
    // Without grace the last ten-thousandths may not pay for a single step.
    const unheldAccount = { ...account, held: ZERO };
    const unheld = renewGrant(unheldAccount, opened, rates, headroom(unheldAccount));
    return refuseCredits(account, context, unheld.session.grant.limit > 0n);
  }
  return accept(facts, {
    session: granted.session,
    account: { ...granted.account, activeSessions: account.activeSessions + 1, updatedAt: context.now },
  });
}
