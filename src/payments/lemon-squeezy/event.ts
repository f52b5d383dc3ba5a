import { z } from "zod";
import { type Order, orderResource, problemsOf } from "./order.ts";

/** What came in by webhook. `other` is an event this system does not act on: record and ignore it. An
 *  `unreadable_order` is an order event whose order does not parse: record it as failed, the operator must see it. */
export type WebhookEvent =
  | { readonly kind: "order_created" | "order_refunded"; readonly meta: WebhookMeta; readonly order: Order }
  | {
      readonly kind: "unreadable_order";
      readonly meta: WebhookMeta;
      readonly orderId: string | null;
      readonly reason: string;
    }
  | { readonly kind: "other"; readonly meta: WebhookMeta; readonly objectId: string | null };

/** `customData` is what the checkout carried, all text; empty when the order came from elsewhere. `webhookId` is for
 *  the log only: the provider does not promise that a retry keeps it. */
export type WebhookMeta = {
  readonly eventName: string;
  readonly testMode: boolean;
  readonly customData: Readonly<Record<string, string>>;
  readonly webhookId: string | null;
};

/** The body is no webhook of this provider: the sender gets a 400 and nothing is kept. */
export type NotAnEvent = { readonly kind: "not_an_event"; readonly reason: string };

/** The event in a body whose signature has been checked. Never throws.
 *  Refuses "not_an_event" for what is not JSON or has no event name. Source: lemon-squeezy.md sections 5 and 6. */
export function parseWebhook(rawBody: Buffer): WebhookEvent | NotAnEvent {
  const json = jsonIn(rawBody);
  if (json === undefined) return { kind: "not_an_event", reason: "body is not JSON" };
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return { kind: "not_an_event", reason: problemsOf(parsed.error) };

  const { meta: sent, data } = parsed.data;
  const testMode = sent.test_mode ?? data.attributes?.test_mode ?? false;
  const meta: WebhookMeta = {
    eventName: sent.event_name,
    testMode,
    customData: textValuesOf(sent.custom_data ?? {}),
    webhookId: sent.webhook_id ?? null,
  };
  const objectId = data.id === undefined || data.id === null ? null : String(data.id);
  if (meta.eventName !== "order_created" && meta.eventName !== "order_refunded") {
    return { kind: "other", meta, objectId };
  }
  const order = orderResource.safeParse(data);
  if (!order.success) {
    return { kind: "unreadable_order", meta, orderId: objectId, reason: problemsOf(order.error) };
  }
  return { kind: meta.eventName, meta, order: order.data };
}

const envelope = z.object({
  meta: z.object({
    event_name: z.string().min(1).max(100),
    test_mode: z.boolean().nullish(),
    webhook_id: z.string().max(255).nullish().catch(null),
    // An empty object has been seen serialised as an empty list; both mean "none".
    custom_data: z.record(z.string(), z.unknown()).nullish().catch(null),
  }),
  data: z.looseObject({
    id: z.union([z.string().max(255), z.int()]).nullish(),
    attributes: z
      .looseObject({ test_mode: z.boolean().nullish().catch(null) })
      .nullish()
      .catch(null),
  }),
});

function jsonIn(rawBody: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(rawBody));
  } catch {
    return undefined;
  }
}

function textValuesOf(customData: Record<string, unknown>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(customData)) {
    // The documentation shows numbers where text was observed; nothing else can have come from our checkouts.
    if (typeof value === "string") texts[key] = value;
    else if (typeof value === "number" || typeof value === "boolean") texts[key] = String(value);
  }
  return texts;
}
