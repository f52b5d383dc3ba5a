import { z } from "zod";
import type { AnswerStore } from "../../application/identity-ports.ts";
import { WEBHOOK_PLACES, type WebhookStore, type WebhookVault } from "../../application/webhook-ports.ts";
import type { WebhookChanges } from "../../application/webhooks.ts";
import { answerChange, type ChangeOutcome } from "../answer-change.ts";
import { sendProblem } from "../problems.ts";
import { countInQuery, idInput } from "../schemas.ts";
import { deliverySchema, deliveryView } from "../wire/webhook.ts";
import type { ZodServer } from "../zod-server.ts";
import { keyOf, webhookPath } from "./webhooks.ts";

/** What was sent to a webhook and what came of it, and sending it again. */
export function registerWebhookDeliveryRoutes(server: ZodServer, dependencies: DeliveryDependencies): void {
  registerList(server, dependencies);
  registerOne(server, dependencies);
  registerResend(server, dependencies);
  registerTest(server, dependencies);
}

export type DeliveryDependencies = {
  readonly answers: AnswerStore;
  readonly webhooks: Pick<WebhookStore, "findWebhook" | "listDeliveries" | "findDelivery">;
  readonly changes: Pick<WebhookChanges, "resend" | "sendTest">;
  readonly open: WebhookVault["open"];
  /** Something is to be sent. */
  readonly wake: () => void;
};

function registerList(server: ZodServer, { webhooks }: DeliveryDependencies): void {
  server.get(
    "/api/organizations/:id/webhooks/:webhook_id/deliveries",
    {
      config: { action: "manage_webhooks" },
      schema: {
        tags: ["Webhooks"],
        summary: "The delivery log, newest first",
        description: "Kept for 30 days.",
        params: webhookPath,
        querystring: z.strictObject({
          status: z.enum(["pending", "delivered", "failed"]).optional(),
          limit: countInQuery({ min: 1, max: 1_000, otherwise: 50 }),
          offset: countInQuery({ min: 0, max: 1_000_000, otherwise: 0 }),
        }),
        response: { 200: listSchema },
      },
    },
    async (request, reply) => {
      const key = keyOf(request);
      if ((await webhooks.findWebhook(key)) === null) return sendProblem(reply, "not_found");
      const { status = null, limit, offset } = request.query;
      const { deliveries, total } = await webhooks.listDeliveries(key, { status, limit, offset });
      return { success: true as const, data: deliveries.map(deliveryView), total, limit, offset };
    },
  );
}

function registerOne(server: ZodServer, { webhooks, open }: DeliveryDependencies): void {
  server.get(
    "/api/organizations/:id/webhooks/:webhook_id/deliveries/:delivery_id",
    {
      config: { action: "manage_webhooks" },
      schema: {
        tags: ["Webhooks"],
        summary: "One delivery, with what was sent and the beginning of the last answer",
        params: deliveryPath,
        response: { 200: storedAnswer },
      },
    },
    async (request, reply) => {
      const { organizationId, params } = request;
      const delivery = await webhooks.findDelivery(keyOf(request), params.delivery_id);
      if (delivery === null) return sendProblem(reply, "not_found");
      const { sealedBody, sealedResponse } = delivery;
      const body = await open(organizationId, WEBHOOK_PLACES.body, sealedBody);
      const response =
        sealedResponse === null ? null : await open(organizationId, WEBHOOK_PLACES.response, sealedResponse);
      return {
        success: true as const,
        delivery: { ...deliveryView(delivery), body, response_body: response },
      };
    },
  );
}

function registerResend(server: ZodServer, { answers, changes, wake }: DeliveryDependencies): void {
  server.post(
    "/api/organizations/:id/webhooks/:webhook_id/deliveries/:delivery_id/resend",
    {
      config: { action: "manage_webhooks" },
      schema: {
        tags: ["Webhooks"],
        summary: "Send a delivery's message once more",
        description:
          "As a delivery of its own with the same webhook-id. 409 webhook_disabled: turn it on first.",
        params: deliveryPath,
        response: { 201: deliveryAnswer, 409: z.unknown() },
      },
    },
    async (request, reply) =>
      answerChange(request, reply, answers, async (store) =>
        outcomeOf(await changes.resend(store, keyOf(request), request.params.delivery_id), wake),
      ),
  );
}

function registerTest(server: ZodServer, { answers, changes, wake }: DeliveryDependencies): void {
  server.post(
    "/api/organizations/:id/webhooks/:webhook_id/test",
    {
      config: { action: "manage_webhooks" },
      schema: {
        tags: ["Webhooks"],
        summary: "Send a test event",
        description:
          "Type webhook.test, whatever events the webhook has chosen. 409 webhook_disabled: turn it on first.",
        params: webhookPath,
        response: { 201: deliveryAnswer, 409: z.unknown() },
      },
    },
    async (request, reply) =>
      answerChange(request, reply, answers, async (store) =>
        outcomeOf(await changes.sendTest(store, keyOf(request)), wake),
      ),
  );
}

type Sent = Awaited<ReturnType<DeliveryDependencies["changes"]["resend"]>>;

function outcomeOf(sent: Sent, wake: () => void): ChangeOutcome {
  if (sent.kind !== "sent") return { kind: "refused", code: sent.kind };
  const body = { success: true, delivery: deliveryView(sent.delivery) };
  return { kind: "done", status: 201, body, afterCommit: wake };
}

const deliveryPath = webhookPath.extend({ delivery_id: idInput });

const deliveryAnswer = z.strictObject({ success: z.literal(true), delivery: deliverySchema });
const storedAnswer = z.strictObject({
  success: z.literal(true),
  delivery: deliverySchema.extend({ body: z.string().nullable(), response_body: z.string().nullable() }),
});

const listSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(deliverySchema),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
});
