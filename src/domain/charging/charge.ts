import { headroom } from "../ledger/account.ts";
import { post } from "../ledger/post.ts";
import { negate, ZERO } from "../money/credits.ts";
import { pricesInForce } from "../pricing/price-book.ts";
import { costOf } from "../pricing/rate-usage.ts";
import { ratesUnder } from "../pricing/rates-under.ts";
import {
  accept,
  type Command,
  type Context,
  type Decision,
  type Facts,
  type NaturalRecord,
  refuse,
} from "./command.ts";
import { describeEvent, kindOfEvent, unitNameOf, usageMetadata } from "./describe.ts";
import { refuseCredits } from "./refuse-credits.ts";
import { budgetOf, refuseSpending, spenderOf } from "./spending.ts";

/** Charges a finished event in one step: in full, if `balance - held` stays at or above the floor and no spend
 *  limit is exceeded.
 *  The same event again: the same transaction. An event that costs nothing posts none.
 *  Refuses insufficient_credits, credits_reserved, spend_limit_reached, event_conflict, price_missing. */
export function charge(facts: Facts, command: Command & { kind: "charge" }, context: Context): Decision {
  const { account, natural } = facts;
  const { eventId, fingerprint, subject, usage } = command;
  if (natural !== null) {
    return natural.fingerprint === fingerprint
      ? accept(facts, { repeated: true, transaction: natural.transaction })
      : refuse({ kind: "event_conflict", eventId });
  }
  const pinned = pricesInForce(context.prices, account.organizationId, context.now);
  const rates = pinned === null ? null : ratesUnder(context.prices, pinned, subject);
  if (pinned === null || rates === null) return refuse({ kind: "price_missing" });

  const cost = costOf(usage, rates);
  const record = { namespace: "event", id: eventId, fingerprint } as const;
  if (cost === 0n) return acceptFree(facts, record, context.now);
  if (cost > headroom(account))
    return refuseCredits(account, context, cost <= headroom({ ...account, held: ZERO }));
  const spender = spenderOf(subject, command.origin.actor);
  if (cost > budgetOf(facts, spender, context.now)) return refuseSpending(facts, spender, context.now);
  const posted = post(
    account,
    {
      kind: kindOfEvent(subject.architecture),
      amount: negate(cost),
      description: command.description ?? describeEvent(subject, usage, unitNameOf(rates)),
      metadata: usageMetadata(subject, usage, { eventId, pinned }),
      origin: command.origin,
      occurredAt: command.occurredAt,
    },
    context.now,
  );
  return accept(facts, {
    account: posted.account,
    transaction: posted.transaction,
    posted: [posted.transaction],
    natural: { ...record, transaction: posted.transaction },
  });
}

/** The event is on record without a transaction, and the account says that there are such. */
function acceptFree(facts: Facts, record: Omit<NaturalRecord, "transaction">, now: number): Decision {
  const { account } = facts;
  return accept(facts, {
    account: account.hasFreeEvents ? account : { ...account, hasFreeEvents: true, updatedAt: now },
    natural: { ...record, transaction: null },
  });
}
