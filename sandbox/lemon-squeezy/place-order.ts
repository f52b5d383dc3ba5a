import { randomUUID } from "node:crypto";
import type { SandboxContext, SandboxVariant } from "./context.ts";
import { type ApiRefusal, refuse } from "./refusal.ts";
import { orderResource, providerTime, totalsOf } from "./resource.ts";
import type { CheckoutRecord, OrderRecord } from "./state.ts";

/** What a buyer gave on the checkout page, or a check in the buyer's place. Amounts are whole minor units. */
export type Purchase = {
  readonly variantId: string;
  readonly quantity: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  readonly currency: string;
  readonly userName: string;
  readonly userEmail: string;
  /** Card number with or without spaces, or null for a wallet. Looked at and forgotten. */
  readonly cardNumber: string | null;
  /** Default paid. */
  readonly payment?: OrderRecord["payment"];
};

/** Takes the payment, records the order and queues order_created. The order is in the state file when this resolves.
 *  Refuses 402 for a declined card, 410 for an expired checkout, 422 for a discount above the price. */
export async function placeOrder(
  context: SandboxContext,
  checkout: CheckoutRecord,
  purchase: Purchase,
): Promise<OrderRecord | ApiRefusal> {
  if (isExpired(checkout, new Date())) return refuse(410, "This checkout has expired.");
  const decline = purchase.cardNumber === null ? null : declineOf(purchase.cardNumber);
  if (decline !== null) return refuse(402, decline, "/card");
  const order = newOrder(context, checkout, purchase);
  if (order.discountMinor > totalsOf(order).subtotalMinor) {
    return refuse(422, "The discount must not exceed the subtotal.", "/discount_cents");
  }
  const { state, save } = context.store;
  state.nextOrderId += 1;
  state.nextOrderNumber += 1;
  state.orders.set(order.id, order);
  announce(context, "order_created", order);
  await save();
  return order;
}

/** Gives back `amountMinor`, or all that is left. Refunds add up; order_refunded carries the sum.
 *  Refuses 422 for more than is left. */
export async function refundOrder(
  context: SandboxContext,
  order: OrderRecord,
  amountMinor: number | null,
): Promise<OrderRecord | ApiRefusal> {
  const leftMinor = totalsOf(order).totalMinor - order.refundedMinor;
  const givenBackMinor = amountMinor ?? leftMinor;
  if (leftMinor === 0) return refuse(422, "The order has nothing left to refund.", "/data/id");
  if (givenBackMinor > leftMinor) {
    return refuse(422, "The amount must not exceed what is left of the order.", "/data/attributes/amount");
  }
  order.refundedMinor += givenBackMinor;
  order.updatedAt = providerTime(new Date());
  if (givenBackMinor === leftMinor) order.refundedAt = order.updatedAt;
  announce(context, "order_refunded", order);
  await context.store.save();
  return order;
}

/** Changes what became of an order's payment. One that is paid at last is announced; whether the real provider tells
 *  of a fraud is not documented, so nothing is sent for the others. */
export async function changePayment(
  context: SandboxContext,
  order: OrderRecord,
  payment: OrderRecord["payment"],
): Promise<void> {
  const isPaidNow = payment === "paid" && order.payment !== "paid";
  order.payment = payment;
  order.updatedAt = providerTime(new Date());
  if (isPaidNow) announce(context, "order_created", order);
  await context.store.save();
}

/** Past its `expires_at`, a checkout takes no payment. */
export function isExpired(checkout: CheckoutRecord, now: Date): boolean {
  return checkout.expiresAt !== null && Date.parse(checkout.expiresAt) <= now.getTime();
}

/** The packages a checkout offers: the enabled ones, or all when none is named. */
export function variantsOffered(
  context: SandboxContext,
  checkout: CheckoutRecord,
): readonly SandboxVariant[] {
  if (checkout.enabledVariants.length === 0) return context.variants;
  return context.variants.filter((variant) => checkout.enabledVariants.includes(Number(variant.variantId)));
}

/** What one unit costs in this checkout, and what it is called. A variant that is not on sale here takes the price of
 *  the one that is: checks pay for unknown variants on purpose. */
export function offerOf(
  context: SandboxContext,
  checkout: CheckoutRecord,
  variantId: string,
): { name: string; priceMinor: number } {
  const asked = context.variants.find((variant) => variant.variantId === checkout.variantId);
  const paid = context.variants.find((variant) => variant.variantId === variantId);
  const priceMinor = checkout.customPrice ?? paid?.priceCents ?? asked?.priceCents ?? 0;
  return { name: paid?.name ?? `Variant ${variantId}`, priceMinor };
}

const payingCards = new Set([
  "4242424242424242",
  "4000056655665556",
  "5555555555554444",
  "2223003122003222",
  "378282246310005",
]);

/** Why a card does not pay, or null. Only test cards pay: nobody's real card may seem to work here. */
function declineOf(cardNumber: string): string | null {
  const digits = cardNumber.replaceAll(/[\s-]/g, "");
  if (payingCards.has(digits)) return null;
  if (digits === "4000000000009995") return "Your card has insufficient funds.";
  if (digits === "4000000000000002") return "Your card was declined.";
  return "Your card was declined: test mode takes test cards only, such as 4242 4242 4242 4242.";
}

function newOrder(context: SandboxContext, checkout: CheckoutRecord, purchase: Purchase): OrderRecord {
  const { state } = context.store;
  const offer = offerOf(context, checkout, purchase.variantId);
  const createdAt = providerTime(new Date());
  return {
    id: String(state.nextOrderId),
    number: state.nextOrderNumber,
    identifier: randomUUID(),
    checkoutId: checkout.id,
    custom: checkout.custom,
    payment: purchase.payment ?? "paid",
    userName: purchase.userName,
    userEmail: purchase.userEmail,
    currency: purchase.currency,
    variantId: purchase.variantId,
    variantName: offer.name,
    priceMinor: offer.priceMinor,
    quantity: purchase.quantity,
    discountMinor: purchase.discountMinor,
    taxMinor: purchase.taxMinor,
    refundedMinor: 0,
    refundedAt: null,
    testMode: checkout.testMode,
    createdAt,
    updatedAt: createdAt,
  };
}

function announce(
  context: SandboxContext,
  eventName: "order_created" | "order_refunded",
  order: OrderRecord,
): void {
  const meta = {
    test_mode: order.testMode,
    event_name: eventName,
    webhook_id: randomUUID(),
    // Absent, not empty, when the checkout carried none.
    ...(order.custom === null ? {} : { custom_data: order.custom }),
  };
  const body = JSON.stringify({ meta, data: orderResource(context, order) });
  context.sender.enqueue({ eventName, orderId: order.id, body });
}
