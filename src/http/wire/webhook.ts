import { z } from "zod";
import type { Delivery, Webhook } from "../../application/webhook-ports.ts";
import { WEBHOOK_EVENT_TYPES } from "../../domain/webhooks/event-type.ts";
import { timeOutput } from "../schemas.ts";

/** Webhooks and their deliveries as the API shows them. */

export const eventTypeSchema = z.enum(WEBHOOK_EVENT_TYPES);

export const webhookSchema = z
  .strictObject({
    id: z.string(),
    url: z.string(),
    events: z.array(eventTypeSchema),
    enabled: z.boolean(),
    disabled_reason: z.enum(["requested", "failing", "gone"]).nullable(),
    failing_since: timeOutput.nullable(),
    old_secret_until: timeOutput.nullable(),
    created_at: timeOutput,
    updated_at: timeOutput,
  })
  .meta({ id: "Webhook" });

export function webhookView(webhook: Webhook): z.output<typeof webhookSchema> {
  return {
    id: webhook.id,
    url: webhook.url,
    events: [...webhook.events],
    enabled: webhook.disabledReason === null,
    disabled_reason: webhook.disabledReason,
    failing_since: webhook.failingSince?.toISOString() ?? null,
    old_secret_until: webhook.oldSecretUntil?.toISOString() ?? null,
    created_at: webhook.createdAt.toISOString(),
    updated_at: webhook.updatedAt.toISOString(),
  };
}

export const deliverySchema = z
  .strictObject({
    id: z.string(),
    message_id: z.string(),
    type: z.string(),
    status: z.enum(["pending", "delivered", "failed"]),
    attempts: z.int(),
    next_attempt_at: timeOutput.nullable(),
    attempted_at: timeOutput.nullable(),
    response_status: z.int().nullable(),
    duration_ms: z.int().nullable(),
    error: z.string().nullable(),
    created_at: timeOutput,
    ended_at: timeOutput.nullable(),
  })
  .meta({ id: "WebhookDelivery" });

export function deliveryView(delivery: Delivery): z.output<typeof deliverySchema> {
  return {
    id: delivery.id,
    message_id: delivery.messageId,
    type: delivery.type,
    status: delivery.status,
    attempts: delivery.attempts,
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    attempted_at: delivery.attemptedAt?.toISOString() ?? null,
    response_status: delivery.responseStatus,
    duration_ms: delivery.durationMs,
    error: delivery.error,
    created_at: delivery.createdAt.toISOString(),
    ended_at: delivery.endedAt?.toISOString() ?? null,
  };
}
