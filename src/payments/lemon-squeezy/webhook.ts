import type { PaymentEvent } from "../../application/payment-ports.ts";
import { assertNever } from "../../domain/assert.ts";
import { parseWebhook, type WebhookEvent, type WebhookMeta } from "./event.ts";
import { isSignedBy } from "./signature.ts";

/** What arrived at the webhook's address. */
export type Webhook =
  | { readonly kind: "event"; readonly event: PaymentEvent }
  | { readonly kind: "invalid_signature" }
  | { readonly kind: "not_an_event"; readonly reason: string };

/** The signed event in a body as it came. The signature decides first: an unsigned body is not even parsed.
 *  @param secrets none: nothing is accepted. */
export function readWebhook(
  rawBody: Buffer,
  signature: string | undefined,
  secrets: readonly string[],
): Webhook {
  if (!isSignedBy(rawBody, signature, secrets)) return { kind: "invalid_signature" };
  const parsed = parseWebhook(rawBody);
  if (parsed.kind === "not_an_event") return parsed;
  return { kind: "event", event: eventOf(parsed, rawBody.toString("utf8")) };
}

/** An event that was read before. Throws for anything else. */
export function readStoredEvent(body: string): PaymentEvent {
  const parsed = parseWebhook(Buffer.from(body));
  if (parsed.kind === "not_an_event") throw new Error(`a stored event is none: ${parsed.reason}`);
  return eventOf(parsed, body);
}

function eventOf(webhook: WebhookEvent, body: string): PaymentEvent {
  const { meta } = webhook;
  const common = { eventName: printable(meta.eventName), testMode: meta.testMode, body };
  switch (webhook.kind) {
    case "order_created":
    case "order_refunded": {
      const { kind: news, order } = webhook;
      return { ...common, content: { kind: "order", news, order, named: namedIn(meta) } };
    }
    case "unreadable_order": {
      const { orderId, reason } = webhook;
      return { ...common, content: { kind: "unreadable_order", orderId: printableOrNull(orderId), reason } };
    }
    case "other":
      return { ...common, content: { kind: "other", objectId: printableOrNull(webhook.objectId) } };
    default:
      return assertNever(webhook);
  }
}

/** Buyers can put custom data of their own into a store's address: it may be anything. */
function namedIn({ customData }: WebhookMeta) {
  return {
    organizationId: printableOrNull(customData.organization_id ?? null),
    checkoutId: printableOrNull(customData.checkout_id ?? null),
  };
}

function printableOrNull(text: string | null): string | null {
  return text === null || text === "" ? null : printable(text);
}

/** Text that a database column and a log line can hold. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 255);
}
