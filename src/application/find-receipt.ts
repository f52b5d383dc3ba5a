import type { Transaction } from "../domain/ledger/transaction.ts";
import { receiptExpiry } from "../domain/payments/receipt.ts";
import type { PaymentProvider } from "./payment-ports.ts";

/** The provider's receipt for the order that a purchase or its refund belongs to. The provider signs such links for a
 *  while: one that is over, or nearly, is asked for anew. Refuses "no_receipt", and the provider's failures. */
export type FindReceipt = (organizationId: string, transactionId: string) => Promise<FoundReceipt>;

export type FoundReceipt =
  | { readonly kind: "receipt"; readonly url: string; readonly expiresAt: Date | null }
  | { readonly kind: "no_receipt" }
  | { readonly kind: "provider_down" | "provider_refused" | "provider_garbled"; readonly reason: string };

export function createFindReceipt(dependencies: {
  readonly findTransaction: (organizationId: string, id: string) => Promise<Transaction | null>;
  readonly provider: Pick<PaymentProvider, "getOrder"> | null;
  readonly now: () => number;
}): FindReceipt {
  const { findTransaction, provider, now } = dependencies;
  return async (organizationId, transactionId) => {
    const transaction = await findTransaction(organizationId, transactionId);
    const { order_id: orderId, receipt_url: keptUrl } = transaction?.metadata ?? {};
    if (typeof orderId !== "string") return { kind: "no_receipt" };
    if (typeof keptUrl === "string" && isGoodAt(keptUrl, now())) return receipt(keptUrl);
    if (provider === null) return { kind: "no_receipt" };
    const answer = await provider.getOrder(orderId);
    if (answer.kind === "ok") {
      const { receiptUrl } = answer.order;
      return receiptUrl === null ? { kind: "no_receipt" } : receipt(receiptUrl);
    }
    // An order that the provider does not know has no receipt; that is no failure of the provider's.
    if (answer.status === 404) return { kind: "no_receipt" };
    return { kind: answer.kind, reason: answer.reason };
  };
}

/** Time enough to click on it. */
const LEFT_MS_MIN = 10 * 60 * 1_000;

function isGoodAt(url: string, now: number): boolean {
  const expiresAt = receiptExpiry(url);
  return expiresAt !== null && expiresAt.getTime() - now >= LEFT_MS_MIN;
}

function receipt(url: string): FoundReceipt {
  return { kind: "receipt", url, expiresAt: receiptExpiry(url) };
}
