import { type Credits, credits } from "../money/credits.ts";
import type { CreditPackage } from "./packages.ts";

/** Decides what one piece of news about an order comes to, wherever it was heard: a webhook, reconciliation, the
 *  operator. Credits come from the variant that was paid and its quantity, never from a total; an order credits once
 *  and is refunded by its cumulative amount. Source: contract.md, Decisions, Payments. */
export function decideOrder(order: ProviderOrder, news: OrderNews, facts: OrderFacts): OrderVerdict {
  if (order.storeId !== facts.shop.storeId)
    return { kind: "ignore", reason: `store ${order.storeId} is not ours` };
  if (order.testMode !== facts.shop.testMode) return { kind: "ignore", reason: modeReason(order) };
  const refundedMinor = refundedMinorOf(order);
  if (facts.creditedTo !== null) return decideCredited(order, facts.creditedTo, refundedMinor);
  if (news === "order_refunded") {
    // Parked it would wait for the order, and then pass for a refund of all of one that cost nothing.
    if (refundedMinor === null) return { kind: "ignore", reason: "nothing was refunded" };
    return { kind: "park", reason: "the refund is of an order not credited yet" };
  }
  if (order.status === "fraudulent")
    return { kind: "ignore", reason: "the provider calls the order fraudulent" };
  if (!isPaid(order.status)) return { kind: "park", reason: `the order is not paid (${order.status})` };
  if (facts.owner.kind !== "organization") return { kind: "fail", reason: ownerReason(facts.owner) };
  const amount = creditsOf(order, facts.shop.packages);
  if (typeof amount === "string") return { kind: "fail", reason: amount };
  return { kind: "credit", organizationId: facts.owner.organizationId, credits: amount, refundedMinor };
}

/** An order as the provider tells it. Amounts are whole minor units of `currency`; `refundedMinor` is cumulative. */
export type ProviderOrder = {
  readonly orderId: string;
  readonly storeId: string;
  readonly orderNumber: number;
  readonly status: "pending" | "failed" | "paid" | "refunded" | "partial_refund" | "fraudulent" | "other";
  readonly currency: string;
  readonly totalMinor: number;
  readonly refundedMinor: number;
  readonly variantId: string | null;
  readonly quantity: number;
  readonly userEmail: string | null;
  readonly receiptUrl: string | null;
  readonly testMode: boolean;
  readonly createdAt: Date;
};

/** How an order was heard of. Reconciliation sees the order as it is now, not one thing that happened to it. */
export type OrderNews = "order_created" | "order_refunded" | "reconciled";

/** What we sell, where, and in which mode. */
export type Shop = {
  readonly storeId: string;
  readonly testMode: boolean;
  readonly packages: readonly CreditPackage[];
};

export type OrderFacts = {
  readonly shop: Shop;
  /** The organization whose ledger has the order already. */
  readonly creditedTo: string | null;
  readonly owner: OrderOwner;
};

/** Whose the order is. `unnamed`: it carried no custom data. `unknown_organization`: what it named is not here.
 *  `unmatched`, `ambiguous`: no or several organizations have a checkout that fits an order without a webhook. */
export type OrderOwner =
  | { readonly kind: "organization"; readonly organizationId: string; readonly checkoutId: string | null }
  | { readonly kind: "unnamed" }
  | { readonly kind: "unknown_organization"; readonly organizationId: string }
  | { readonly kind: "unmatched" }
  | { readonly kind: "ambiguous" };

/** `refundedMinor`: null when nothing was refunded. `done`: the ledger has it all already. */
export type OrderVerdict =
  | {
      readonly kind: "credit";
      readonly organizationId: string;
      readonly credits: Credits;
      readonly refundedMinor: bigint | null;
    }
  | { readonly kind: "refund"; readonly organizationId: string; readonly refundedMinor: bigint }
  | { readonly kind: "done" }
  | { readonly kind: "park" | "ignore" | "fail"; readonly reason: string };

/** What was given back so far; null for nothing. A full refund is the whole total whatever amount came with it, and
 *  an order that cost nothing (a 100 % discount) can be refunded too. */
export function refundedMinorOf(order: ProviderOrder): bigint | null {
  if (order.status === "refunded") return BigInt(Math.max(order.refundedMinor, order.totalMinor));
  return order.refundedMinor > 0 ? BigInt(order.refundedMinor) : null;
}

// Far above any purchase, far below what the ledger's numbers can hold.
const CREDITS_MAX = 10n ** 16n;

function decideCredited(
  order: ProviderOrder,
  organizationId: string,
  refundedMinor: bigint | null,
): OrderVerdict {
  if (refundedMinor !== null) return { kind: "refund", organizationId, refundedMinor };
  if (order.status !== "fraudulent") return { kind: "done" };
  // Money that may still be there is not taken on a label: the operator sees it and adjusts.
  return { kind: "fail", reason: "the provider calls a credited order fraudulent" };
}

/** A refund, in part or whole, is of a payment. */
function isPaid(status: ProviderOrder["status"]): boolean {
  return status === "paid" || status === "partial_refund" || status === "refunded";
}

/** The credits an order buys, or why it buys none. */
function creditsOf(order: ProviderOrder, packages: readonly CreditPackage[]): Credits | string {
  const { variantId, quantity } = order;
  if (variantId === null || quantity < 1) return "the order names no item";
  const bought = packages.find((offer) => offer.variantId === variantId);
  if (bought === undefined) return `variant ${variantId} is not one of our packages`;
  const amount = bought.credits * BigInt(quantity);
  return amount <= CREDITS_MAX ? credits(amount) : `${quantity} times ${bought.name} is out of range`;
}

function modeReason({ testMode }: ProviderOrder): string {
  return testMode
    ? "a test order, and this service is live"
    : "a live order, and this service is in test mode";
}

function ownerReason(owner: Exclude<OrderOwner, { kind: "organization" }>): string {
  const reasons = {
    unnamed: "the order names no organization: assign it to one",
    unknown_organization: "the organization the order names does not exist",
    unmatched: "no checkout of ours fits the order: assign it to an organization",
    ambiguous: "checkouts of several organizations fit the order: assign it to one",
  } satisfies Record<typeof owner.kind, string>;
  return reasons[owner.kind];
}
