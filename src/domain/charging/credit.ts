import type { Json } from "../ledger/canonical-json.ts";
import { post } from "../ledger/post.ts";
import type { Transaction } from "../ledger/transaction.ts";
import { add, type Credits, credits, formatCredits, negate, subtract } from "../money/credits.ts";
import { accept, type Command, type Context, type Decision, type Facts, refuse } from "./command.ts";

/** Credits that come and go outside of usage: grants, adjustments, purchases and refunds. */

const DESCRIPTIONS: Readonly<Record<CreditKind, string>> = {
  manual_grant: "Manual credit grant - Admin adjustment",
  welcome: "Welcome credit - New organization bonus",
  startup_grant: "Startup grant credit - Approved application",
  adjustment: "Balance adjustment - Admin adjustment",
};

type CreditKind = (Command & { kind: "add_credit" })["creditKind"];

/** Adds a grant, or an adjustment of either sign, which may cross the floor. Again with the same id: the same answer.
 *  Refuses credit_conflict. */
export function addCredit(
  facts: Facts,
  command: Command & { kind: "add_credit" },
  { now }: Context,
): Decision {
  const repeated = repeatOf(facts, command);
  if (repeated !== null) return repeated;
  const { account, transaction } = post(
    facts.account,
    {
      kind: command.creditKind,
      amount: command.amount,
      description: command.description ?? DESCRIPTIONS[command.creditKind],
      metadata: creditMetadata(command),
      origin: command.origin,
    },
    now,
  );
  return accept(facts, {
    account,
    transaction,
    posted: [transaction],
    natural: { namespace: "credit", id: command.creditId, fingerprint: command.fingerprint, transaction },
  });
}

/** Gives back usage that was charged, over all refunds of a transaction no more than it charged.
 *  Refuses credit_conflict, unknown_transaction (none, or not usage), refund_exceeds_charge. */
export function refundUsage(
  facts: Facts,
  command: Command & { kind: "refund_usage" },
  { now }: Context,
): Decision {
  const repeated = repeatOf(facts, command);
  if (repeated !== null) return repeated;
  const { refundable } = facts;
  const { transactionId } = command;
  if (refundable === null) return refuse({ kind: "unknown_transaction", transactionId });
  if (!chargedUsage(refundable.transaction)) {
    const detail = `The transaction (${refundable.transaction.description}) charged no usage that could be refunded.`;
    return refuse({ kind: "unknown_transaction", transactionId, detail });
  }
  const left = subtract(negate(refundable.transaction.amount), refundable.refunded);
  if (command.amount > left) return refuse({ kind: "refund_exceeds_charge", refundable: left });
  const { account, transaction } = post(
    facts.account,
    {
      kind: "usage_refund",
      amount: command.amount,
      description: command.description ?? `Usage refund - ${refundable.transaction.description}`,
      metadata: { ...creditMetadata(command), refunded_transaction_id: transactionId },
      origin: command.origin,
    },
    now,
  );
  return accept(facts, {
    account,
    transaction,
    posted: [transaction],
    refundable: { ...refundable, refunded: add(refundable.refunded, command.amount) },
    natural: { namespace: "credit", id: command.creditId, fingerprint: command.fingerprint, transaction },
  });
}

/** Credits a paid order once, by (store, order). */
export function creditPurchase(
  facts: Facts,
  command: Command & { kind: "credit_purchase" },
  { now }: Context,
): Decision {
  if (facts.natural !== null)
    return accept(facts, { repeated: true, transaction: facts.natural.transaction });
  const { purchase } = command;
  const { account, transaction } = post(
    facts.account,
    {
      kind: "purchase",
      amount: purchase.credits,
      description: command.description,
      metadata: command.metadata,
      origin: command.origin,
      occurredAt: command.occurredAt,
    },
    now,
  );
  return accept(facts, {
    account,
    transaction,
    posted: [transaction],
    purchase: { ...purchase, transactionSeq: transaction.seq },
    natural: { namespace: "order", id: orderKey(purchase), fingerprint: "", transaction },
  });
}

/** Takes credits back for what the provider has refunded of an order so far; a report that is not news changes nothing.
 *  May take the balance below the floor. Refuses order_unknown. */
export function refundPurchase(
  facts: Facts,
  command: Command & { kind: "refund_purchase" },
  { now }: Context,
): Decision {
  const { purchase } = facts;
  if (purchase === null) return refuse({ kind: "order_unknown", orderId: command.orderId });
  const due = subtract(creditsRefunded(purchase, command.refundedMinor), purchase.refundedCredits);
  if (due <= 0n) return accept(facts, { repeated: true });
  const { account, transaction } = post(
    facts.account,
    {
      kind: "purchase_refund",
      amount: negate(due),
      description: describeRefund(due, command.orderNumber),
      metadata: {
        payment_method: "lemon_squeezy",
        order_id: command.orderId,
        ...(command.orderNumber === undefined ? {} : { order_number: command.orderNumber }),
        store_id: command.storeId,
        refunded_minor: Number(command.refundedMinor),
      },
      origin: command.origin,
    },
    now,
  );
  return accept(facts, {
    account,
    transaction,
    posted: [transaction],
    purchase: { ...purchase, refundedCredits: add(purchase.refundedCredits, due) },
  });
}

/** Usage and late corrections of it were charged; a refund of usage was not, though it is booked on the same account. */
function chargedUsage({ counterAccount, amount }: Transaction): boolean {
  return counterAccount === "usage_revenue" && amount < 0n;
}

function describeRefund(amount: Credits, orderNumber: number | undefined): string {
  const text = `Refund via Lemon Squeezy - $${formatCredits(amount, 2)}`;
  return orderNumber === undefined ? text : `${text} - #${orderNumber}`;
}

/** The natural id of an order. */
export function orderKey(order: { readonly storeId: string; readonly orderId: string }): string {
  return `${order.storeId}:${order.orderId}`;
}

/** The share of an order's credits that a cumulative refund takes back, half-up. The total includes tax, as the
 *  refunded amount does, so their quotient is the share. */
function creditsRefunded(purchase: { credits: Credits; totalMinor: bigint }, refundedMinor: bigint): Credits {
  if (refundedMinor >= purchase.totalMinor) return purchase.credits;
  return credits((2n * purchase.credits * refundedMinor + purchase.totalMinor) / (2n * purchase.totalMinor));
}

function repeatOf(facts: Facts, command: { creditId: string; fingerprint: string }): Decision | null {
  if (facts.natural === null) return null;
  const { fingerprint, transaction } = facts.natural;
  if (fingerprint === command.fingerprint) return accept(facts, { repeated: true, transaction });
  const conflict = { kind: "credit_conflict", creditId: command.creditId } as const;
  // All welcome credits share one id, so the id that was sent would not explain this.
  return transaction?.kind === "welcome"
    ? refuse({ ...conflict, detail: "The organization has had its welcome credit; it gets one only." })
    : refuse(conflict);
}

function creditMetadata(command: { creditId: string; reason: string | null }): Record<string, Json> {
  return { credit_id: command.creditId, ...(command.reason === null ? {} : { reason: command.reason }) };
}
