import type { Credits } from "../money/credits.ts";
import type { SpendKey } from "../policy/spend-limit.ts";

/** Why a command was refused. A refusal changes nothing. Codes as contract.md names them; `detail` is for people, where
 *  the code alone would leave them guessing. */
export type Refusal =
  | { readonly kind: "insufficient_credits"; readonly balance: Credits; readonly available: Credits }
  | {
      readonly kind: "credits_reserved";
      readonly balance: Credits;
      readonly available: Credits;
      readonly retryAfterSeconds: number;
    }
  | (SpendKey & {
      readonly kind: "spend_limit_reached";
      readonly limit: Credits;
      readonly spent: Credits;
      readonly held: Credits;
      /** Epoch ms: when the count begins anew. */
      readonly resetsAt: number;
    })
  | { readonly kind: "session_exists"; readonly sessionId: string }
  | { readonly kind: "session_not_found"; readonly sessionId: string }
  | { readonly kind: "session_settled"; readonly sessionId: string }
  | { readonly kind: "session_cancelled"; readonly sessionId: string }
  | { readonly kind: "event_conflict"; readonly eventId: string }
  | { readonly kind: "credit_conflict"; readonly creditId: string; readonly detail?: string }
  | { readonly kind: "order_unknown"; readonly orderId: string }
  | { readonly kind: "unknown_transaction"; readonly transactionId: string; readonly detail?: string }
  | { readonly kind: "refund_exceeds_charge"; readonly refundable: Credits }
  | { readonly kind: "price_missing" }
  | { readonly kind: "idempotency_key_reused" };

/** Refusals that more credits, a released hold, a raised limit or the next day would turn into an answer: never stored under
 *  an idempotency key. */
export function dependsOnBalance({ kind }: Refusal): boolean {
  return kind === "insufficient_credits" || kind === "credits_reserved" || kind === "spend_limit_reached";
}
