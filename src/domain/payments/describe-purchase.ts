import type { Json } from "../ledger/canonical-json.ts";
import { type Credits, formatCredits } from "../money/credits.ts";
import type { ProviderOrder } from "./decide-order.ts";

/** For example "Credit top-up via Lemon Squeezy - $50.00 - #1001". Source: brief.md, Transactions; contract.md,
 *  Decisions: descriptions end with the provider's number. */
export function describePurchase(amount: Credits, order: ProviderOrder): string {
  return `Credit top-up via Lemon Squeezy - $${formatCredits(amount, 2)} - #${order.orderNumber}`;
}

/** What a purchase's transaction says about the payment. `total` is what the buyer paid, tax included, in whole units
 *  of `currency`. No name and no address: the ledger is never erased. */
export function purchaseMetadata(order: ProviderOrder, checkoutId: string | null): Record<string, Json> {
  return {
    payment_method: "lemon_squeezy",
    variant_id: order.variantId,
    order_id: order.orderId,
    order_number: order.orderNumber,
    store_id: order.storeId,
    quantity: order.quantity,
    total: order.totalMinor / minorPerUnit(order.currency),
    currency: order.currency,
    test_mode: order.testMode,
    ...(checkoutId === null ? {} : { checkout_id: checkoutId }),
    ...(order.receiptUrl === null ? {} : { receipt_url: order.receiptUrl }),
  };
}

/** Cents of a dollar, but yen have none. */
function minorPerUnit(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
  }).resolvedOptions();
  return 10 ** maximumFractionDigits;
}
