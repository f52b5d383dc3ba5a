import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { SandboxContext } from "./context.ts";
import { changePayment, placeOrder } from "./place-order.ts";
import { type ApiRefusal, refuse, sendDocument, sendRefusal } from "./refusal.ts";
import { isCheckoutSignature, orderResource } from "./resource.ts";
import type { CheckoutRecord, DeliveryAttempt, DeliveryRecord } from "./state.ts";

/** The checks' own doors: pay in a buyer's place, set faults, see and repeat deliveries. Loopback only, no key.
 *  Source: contract.md, "The Lemon Squeezy sandbox". */
export function registerControlRoutes(server: FastifyInstance, context: SandboxContext): void {
  const { state, save } = context.store;
  server.register(async (control) => {
    control.addHook("onRequest", async (request, reply) => {
      if (!isLoopback(request.socket.remoteAddress)) return sendRefusal(reply, refuse(403, "Loopback only."));
    });

    control.post("/_control/pay", async (request, reply) => {
      const body = payBody.safeParse(request.body);
      if (!body.success) return sendInvalid(reply, body.error);
      const checkout = checkoutAt(context, body.data.checkout_url);
      if ("kind" in checkout) return sendRefusal(reply, checkout);
      const order = await placeOrder(context, checkout, purchaseOf(checkout, body.data));
      if ("kind" in order) return sendRefusal(reply, order);
      return sendDocument(reply, 200, { data: orderResource(context, order) });
    });
    control.post("/_control/payment", async (request, reply) => {
      const body = paymentBody.safeParse(request.body);
      if (!body.success) return sendInvalid(reply, body.error);
      const order = state.orders.get(body.data.order_id);
      if (order === undefined) return sendRefusal(reply, refuse(404, "There is no such order."));
      await changePayment(context, order, body.data.status);
      return sendDocument(reply, 200, { data: orderResource(context, order) });
    });
    control.get("/_control/faults", async () => ({ data: state.faults }));
    control.post("/_control/faults", async (request, reply) => {
      const body = faultsBody.safeParse(request.body);
      if (!body.success) return sendInvalid(reply, body.error);
      const changed = Object.entries(body.data).filter(([, value]) => value !== undefined);
      state.faults = { ...state.faults, ...Object.fromEntries(changed) };
      if (!state.faults.reorder) context.sender.releaseHeld();
      await save();
      return { data: state.faults };
    });
    control.get("/_control/deliveries", async () => {
      const rows = [...state.deliveries.values()].flatMap((delivery) =>
        delivery.attempts.map((attempt) => attemptRow(delivery, attempt)),
      );
      // In the order they were sent, whichever delivery they belong to.
      return { data: rows.sort((a, b) => Date.parse(a.sent_at) - Date.parse(b.sent_at)) };
    });
    control.post("/_control/redeliver", async (request, reply) => {
      const body = z.strictObject({ id: z.string() }).safeParse(request.body);
      if (!body.success) return sendInvalid(reply, body.error);
      const attempt = await context.sender.redeliver(body.data.id);
      const delivery = state.deliveries.get(body.data.id);
      if (attempt === null || delivery === undefined) {
        return sendRefusal(reply, refuse(404, "There is no such delivery."));
      }
      return { data: attemptRow(delivery, attempt) };
    });
  });
}

const variantId = z.union([z.int().positive(), z.string().regex(/^\d+$/)]).transform(String);
const cents = z.int().nonnegative();
const payment = z.enum(["paid", "pending", "failed", "fraudulent"]);

const payBody = z.strictObject({
  checkout_url: z.string(),
  variant_id: variantId.optional(),
  quantity: z.int().positive().optional(),
  discount_cents: cents.default(0),
  tax_cents: cents.default(0),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default("USD"),
  card: z.string().default("4242 4242 4242 4242"),
  status: payment.default("paid"),
});

const paymentBody = z.strictObject({ order_id: z.string(), status: payment });

// One switch may be given as 0 or 1.
const flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

const faultsBody = z.strictObject({
  drop_webhooks: flag.optional(),
  duplicate: flag.optional(),
  delay_ms: z.int().min(0).max(600_000).optional(),
  reorder: flag.optional(),
  webhook_fault_percent: z.int().min(0).max(100).optional(),
  retry_percent: z.int().min(0).max(100).optional(),
  receipt_seconds: z.int().min(0).max(31_536_000).optional(),
  fail_api: flag.optional(),
  api_status: z.union([z.literal(0), z.int().min(400).max(599)]).optional(),
  api_retry_after_seconds: z.int().min(0).max(3_600).optional(),
  api_delay_ms: z.int().min(0).max(600_000).optional(),
  api_garbage: flag.optional(),
});

function purchaseOf(checkout: CheckoutRecord, body: z.infer<typeof payBody>) {
  return {
    variantId: body.variant_id ?? checkout.variantId,
    quantity: body.quantity ?? checkout.quantity,
    discountMinor: body.discount_cents,
    taxMinor: body.tax_cents,
    currency: body.currency,
    userName: textOr(checkout.checkoutData.name, "Test Buyer"),
    userEmail: textOr(checkout.checkoutData.email, "buyer@example.com"),
    cardNumber: body.card,
    payment: body.status,
  };
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" && value !== "" ? value : fallback;
}

function checkoutAt(context: SandboxContext, address: string): CheckoutRecord | ApiRefusal {
  if (!URL.canParse(address)) return refuse(422, "The checkout_url field must be a URL.", "/checkout_url");
  const url = new URL(address);
  const id = /^\/checkout\/custom\/([^/]+)$/.exec(url.pathname)?.[1] ?? "";
  const checkout = context.store.state.checkouts.get(id);
  if (checkout === undefined) return refuse(404, "There is no such checkout.", "/checkout_url");
  if (!isCheckoutSignature(context, id, url.searchParams.get("signature") ?? "")) {
    return refuse(403, "Invalid signature.", "/checkout_url");
  }
  return checkout;
}

function attemptRow(delivery: DeliveryRecord, attempt: DeliveryAttempt) {
  return {
    id: delivery.id,
    event_name: delivery.eventName,
    order_id: delivery.orderId,
    attempt: attempt.attempt,
    headers: attempt.headers,
    body: delivery.body,
    status: attempt.status,
    answer: attempt.answer,
    sent_at: attempt.sentAt,
  };
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1$|127\.|::ffff:127\.)/.test(address);
}

function sendInvalid(reply: FastifyReply, error: z.ZodError): FastifyReply {
  const details = error.issues.map((issue) => ({
    detail: issue.message,
    pointer: `/${issue.path.join("/")}`,
  }));
  return sendRefusal(reply, { kind: "refused", status: 422, details });
}
