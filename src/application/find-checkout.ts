import { transactionId } from "../domain/ledger/transaction.ts";
import type { CheckoutStore } from "./payment-ports.ts";

export type CheckoutStatus = {
  readonly status: "open" | "paid" | "refunded" | "expired";
  /** The first purchase it brought. */
  readonly transactionId: string | null;
};

export type FindCheckout = (organizationId: string, checkoutId: string) => Promise<CheckoutStatus | null>;

/** What became of an organization's checkout: paid as soon as the ledger has a purchase of it, refunded when all its
 *  purchases are refunded in full. Null when the organization has no such checkout. */
export function createFindCheckout(store: Pick<CheckoutStore, "findCheckout">): FindCheckout {
  return async (organizationId, checkoutId) => {
    const checkout = await store.findCheckout(organizationId, checkoutId);
    if (checkout === null) return null;
    const [first] = checkout.purchases;
    if (first === undefined) {
      const isOver = checkout.expiresAt.getTime() <= Date.now();
      return { status: isOver ? "expired" : "open", transactionId: null };
    }
    const isRefunded = checkout.purchases.every((purchase) => purchase.isRefunded);
    return {
      status: isRefunded ? "refunded" : "paid",
      transactionId: transactionId(organizationId, first.transactionSeq),
    };
  };
}
