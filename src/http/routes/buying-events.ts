import { z } from "zod";
import type { AnswerStore } from "../../application/identity-ports.ts";
import type { EventInbox, EventView } from "../../application/payment-ports.ts";
import type { Replayed, ReplayPaymentEvent } from "../../application/replay-payment-event.ts";
import { assertNever } from "../../domain/assert.ts";
import { answerChange, type ChangeOutcome } from "../answer-change.ts";
import { idInput, timeOutput } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";
import { providerProblem } from "./buying.ts";

/** The payment provider's events as the operator sees them. Source: contract.md, Buying. */
export function registerPaymentEventRoutes(server: ZodServer, dependencies: PaymentEventDependencies): void {
  server.get(
    "/lemon-squeezy/webhook-events",
    {
      config: { action: "view_webhook_events" },
      schema: {
        tags: ["Buying"],
        summary: "Payment events received, newest first",
        description:
          "One entry for each distinct body: deliveries counts how often it came. order_reconciled is what reconciliation " +
          "found without a webhook.",
        querystring: z.strictObject({
          limit: z.coerce.number().int().min(1).max(1_000).default(50),
          offset: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
          status: eventStatus.optional(),
          order_id: idInput.optional(),
        }),
        response: { 200: eventsSchema },
      },
    },
    async ({ query }) => {
      const { limit, offset, status, order_id: orderId } = query;
      const { events, total } = await dependencies.events.listEvents({ limit, offset, status, orderId });
      return { success: true as const, data: events.map(eventView), total, limit, offset };
    },
  );
  registerReplay(server, dependencies);
}

export type PaymentEventDependencies = {
  readonly events: Pick<EventInbox, "listEvents">;
  readonly replayPaymentEvent: ReplayPaymentEvent;
  readonly answers: AnswerStore;
};

function registerReplay(server: ZodServer, dependencies: PaymentEventDependencies): void {
  const { replayPaymentEvent, answers } = dependencies;
  server.post(
    "/lemon-squeezy/webhook-events/:id/replay",
    {
      config: { action: "view_webhook_events" },
      schema: {
        tags: ["Buying"],
        summary: "Decide a payment event again",
        description:
          "After what it failed on is mended. organization_id assigns an order that named no organization. A processed " +
          "event stays as it is.",
        params: z.strictObject({ id: idInput }),
        body: z.strictObject({ organization_id: idInput.optional() }).optional(),
        response: { 200: z.strictObject({ success: z.literal(true), event: eventSchema }), 502: z.unknown() },
      },
    },
    (request, reply) =>
      answerChange(request, reply, answers, async () =>
        replayAnswer(
          await replayPaymentEvent({
            eventId: request.params.id,
            organizationId: request.body?.organization_id ?? null,
          }),
        ),
      ),
  );
}

function replayAnswer(replayed: Replayed): ChangeOutcome {
  switch (replayed.kind) {
    case "replayed":
      return { kind: "done", status: 200, body: { success: true, event: eventView(replayed.event) } };
    case "event_not_found":
      return { kind: "refused", code: "not_found" };
    case "event_erased":
      return { kind: "refused", code: "not_found", facts: { detail: "The event's contents were erased." } };
    case "unknown_organization": {
      const errors = [{ path: "organization_id", message: "There is no such organization" }];
      return { kind: "refused", code: "invalid", facts: { errors } };
    }
    case "provider_down":
    case "provider_refused":
    case "provider_garbled":
      return providerProblem(replayed);
    default:
      return assertNever(replayed);
  }
}

function eventView(event: EventView) {
  return {
    id: event.id,
    event_name: event.eventName,
    order_id: event.orderId,
    received_at: event.receivedAt.toISOString(),
    status: event.status,
    reason: event.reason,
    test_mode: event.testMode,
    deliveries: event.deliveries,
  };
}

const eventStatus = z.enum(["processed", "ignored", "parked", "failed"]);

const eventSchema = z.strictObject({
  id: z.string(),
  event_name: z.string(),
  order_id: z.string().nullable(),
  received_at: timeOutput,
  status: eventStatus,
  reason: z.string().nullable(),
  test_mode: z.boolean(),
  deliveries: z.number(),
});

const eventsSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(eventSchema),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
});
