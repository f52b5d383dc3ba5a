import { Counter, type Registry } from "prom-client";
import { z } from "zod";
import type { PaymentEvent } from "../../application/payment-ports.ts";
import type { ReceivePaymentEvent } from "../../application/receive-payment-event.ts";
import { assertNever } from "../../domain/assert.ts";
import { sendProblem } from "../problems.ts";
import { doneSchema } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";

/** The address the payment provider calls. Exactly 200 once an event is durably recorded, also the hundredth time;
 *  anything else makes the provider come back. A forged call leaves a count and a line in the log, nothing more. */
export function registerWebhookRoute(server: ZodServer, dependencies: WebhookDependencies): void {
  const { readWebhook, receivePaymentEvent, registry } = dependencies;
  const forged = new Counter({
    name: "airtime_webhook_signatures_refused_total",
    help: "Payment webhooks refused because their signature does not match.",
    registers: [registry],
  });
  keepRawBodies(server);
  server.post(
    "/lemon-squeezy/webhook",
    {
      config: { action: "public" },
      schema: {
        tags: ["Buying"],
        summary: "Webhooks of Lemon Squeezy",
        description:
          "X-Signature is the lower-case hex HMAC-SHA256 of the raw body. 400 malformed when the body is no event at all.",
        response: { 200: doneSchema, 400: z.unknown(), 401: z.unknown(), 413: z.unknown(), 503: z.unknown() },
      },
    },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const webhook = readWebhook(body, headerOf(request.headers["x-signature"]));
      switch (webhook.kind) {
        case "invalid_signature":
          forged.inc();
          request.log.warn({ ip: request.ip, bytes: body.length }, "a webhook with an invalid signature");
          return sendProblem(reply, "invalid_signature");
        case "not_an_event":
          return sendProblem(reply, "malformed", { detail: `The body is no event: ${webhook.reason}` });
        case "event":
          await receivePaymentEvent(webhook.event);
          return reply.code(200).send({ success: true });
        default:
          return assertNever(webhook);
      }
    },
  );
}

export type WebhookDependencies = {
  readonly readWebhook: (
    rawBody: Buffer,
    signature: string | undefined,
  ) =>
    | { readonly kind: "event"; readonly event: PaymentEvent }
    | { readonly kind: "invalid_signature" }
    | { readonly kind: "not_an_event"; readonly reason: string };
  readonly receivePaymentEvent: ReceivePaymentEvent;
  readonly registry: Registry;
};

/** The signature is over the bytes as they came, whatever their content type. Only routes registered with this one are
 *  affected: each group of routes has a scope of its own. */
function keepRawBodies(server: ZodServer): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
