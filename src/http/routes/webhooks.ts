import { z } from "zod";
import type { AnswerStore } from "../../application/identity-ports.ts";
import type { WebhookKey, WebhookStore } from "../../application/webhook-ports.ts";
import type { WebhookChanges } from "../../application/webhooks.ts";
import { assertNever } from "../../domain/assert.ts";
import { answerChange, type ChangeOutcome } from "../answer-change.ts";
import { sendProblem } from "../problems.ts";
import { doneSchema, idInput, organizationPath, textInput } from "../schemas.ts";
import { eventTypeSchema, webhookSchema, webhookView } from "../wire/webhook.ts";
import type { ZodServer } from "../zod-server.ts";

/** The webhooks of an organization: where its events are posted to. Owner and Admin manage them.
 *  Source: contract, "Organization, members, keys"; docs/webhooks.md. */
export function registerWebhookRoutes(server: ZodServer, dependencies: WebhookDependencies): void {
  registerReading(server, dependencies);
  registerAdd(server, dependencies);
  registerChange(server, dependencies);
  registerRemove(server, dependencies);
  registerRotation(server, dependencies);
}

export type WebhookDependencies = {
  readonly answers: AnswerStore;
  readonly webhooks: Pick<WebhookStore, "listWebhooks" | "findWebhook">;
  readonly changes: Pick<WebhookChanges, "add" | "change" | "rotateSecret">;
};

function registerReading(server: ZodServer, { webhooks }: WebhookDependencies): void {
  server.get(
    "/api/organizations/:id/webhooks",
    {
      config: { action: "view_organization" },
      schema: {
        tags: ["Webhooks"],
        summary: "Webhooks, the oldest first",
        params: organizationPath,
        response: { 200: listSchema },
      },
    },
    async ({ organizationId }) => {
      const data = (await webhooks.listWebhooks(organizationId)).map(webhookView);
      return { success: true as const, data, total: data.length, limit: data.length, offset: 0 };
    },
  );
  server.get(
    "/api/organizations/:id/webhooks/:webhook_id",
    {
      config: { action: "view_organization" },
      schema: {
        tags: ["Webhooks"],
        summary: "One webhook",
        params: webhookPath,
        response: { 200: webhookAnswer },
      },
    },
    async (request, reply) => {
      const webhook = await webhooks.findWebhook(keyOf(request));
      if (webhook === null) return sendProblem(reply, "not_found");
      return { success: true as const, webhook: webhookView(webhook) };
    },
  );
}

function registerAdd(server: ZodServer, { answers, changes }: WebhookDependencies): void {
  server.post(
    "/api/organizations/:id/webhooks",
    {
      config: { action: "manage_webhooks" },
      schema: {
        tags: ["Webhooks"],
        summary: "Add a webhook",
        description:
          "The secret is in this answer only; it verifies what is sent (docs/webhooks.md). https alone, and no internal " +
          "network; a demo posts to this machine too. 409 webhook_limit_reached: an organization has at most 20.",
        params: organizationPath,
        body: z.strictObject({ url: urlInput, events: eventsInput }),
        response: { 201: secretAnswer, 409: z.unknown() },
      },
    },
    async (request, reply) =>
      answerChange(request, reply, answers, async (store) => {
        const { organizationId, body } = request;
        return outcomeOf(await changes.add(store, { organizationId, ...body }), 201);
      }),
  );
}

function registerChange(server: ZodServer, { answers, changes }: WebhookDependencies): void {
  server.patch(
    "/api/organizations/:id/webhooks/:webhook_id",
    {
      config: { action: "manage_webhooks" },
      schema: {
        tags: ["Webhooks"],
        summary: "Change a webhook's address or events, turn it off or on",
        description:
          "Turned off, it gives up what it was still to be told, and is told nothing of the time until it is on again.",
        params: webhookPath,
        body: z.strictObject({
          url: urlInput.optional(),
          events: eventsInput.optional(),
          enabled: z.boolean().optional(),
        }),
        response: { 200: webhookAnswer },
      },
    },
    async (request, reply) =>
      answerChange(request, reply, answers, async (store) => {
        const { url, events, enabled } = request.body;
        const change = {
          ...(url === undefined ? {} : { url }),
          ...(events === undefined ? {} : { events }),
          ...(enabled === undefined ? {} : { enabled }),
        };
        return outcomeOf(await changes.change(store, keyOf(request), change), 200);
      }),
  );
}

function registerRemove(server: ZodServer, { answers }: WebhookDependencies): void {
  server.delete(
    "/api/organizations/:id/webhooks/:webhook_id",
    {
      config: { action: "manage_webhooks" },
      schema: {
        tags: ["Webhooks"],
        summary: "Remove a webhook, with its log",
        params: webhookPath,
        response: { 200: doneSchema },
      },
    },
    async (request, reply) =>
      answerChange(request, reply, answers, async (store) =>
        (await store.deleteWebhook(keyOf(request)))
          ? { kind: "done", status: 200, body: { success: true } }
          : { kind: "refused", code: "not_found" },
      ),
  );
}

function registerRotation(server: ZodServer, { answers, changes }: WebhookDependencies): void {
  server.post(
    "/api/organizations/:id/webhooks/:webhook_id/rotate-secret",
    {
      config: { action: "manage_webhooks" },
      schema: {
        tags: ["Webhooks"],
        summary: "Give a webhook a new secret",
        description: "The new one is in this answer only. For a day what is sent carries both signatures.",
        params: webhookPath,
        response: { 200: secretAnswer },
      },
    },
    async (request, reply) =>
      answerChange(request, reply, answers, async (store) =>
        outcomeOf(await changes.rotateSecret(store, keyOf(request)), 200),
      ),
  );
}

/** The webhook that a request's path names. */
export function keyOf(request: {
  readonly organizationId: string;
  readonly params: { readonly webhook_id: string };
}): WebhookKey {
  return { organizationId: request.organizationId, id: request.params.webhook_id };
}

export const webhookPath = z.strictObject({ id: idInput, webhook_id: idInput });

type Changed = Awaited<ReturnType<WebhookDependencies["changes"]["add" | "change" | "rotateSecret"]>>;

function outcomeOf(changed: Changed, status: 200 | 201): ChangeOutcome {
  switch (changed.kind) {
    case "webhook": {
      const secret = "secret" in changed ? { secret: changed.secret } : {};
      const webhook = { ...webhookView(changed.webhook), ...secret };
      return { kind: "done", status, body: { success: true, webhook } };
    }
    case "url_refused": {
      const errors = [{ path: "url", message: changed.problem }];
      return { kind: "refused", code: "invalid", facts: { detail: `url: ${changed.problem}`, errors } };
    }
    case "not_found":
    case "webhook_limit_reached":
      return { kind: "refused", code: changed.kind };
    default:
      return assertNever(changed);
  }
}

const urlInput = textInput(2_048).min(1);
const eventsInput = z.array(eventTypeSchema).min(1).max(100);

const webhookAnswer = z.strictObject({ success: z.literal(true), webhook: webhookSchema });
const secretAnswer = z.strictObject({
  success: z.literal(true),
  webhook: webhookSchema.extend({ secret: z.string() }),
});

const listSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(webhookSchema),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
});
