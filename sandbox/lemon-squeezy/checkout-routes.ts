import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { checkoutPage } from "./checkout-page.ts";
import type { SandboxContext } from "./context.ts";
import { lemonScript } from "./lemon-script.ts";
import { messagePage, receiptPage } from "./message-page.ts";
import { isExpired, placeOrder, variantsOffered } from "./place-order.ts";
import { refuse, sendDocument, sendRefusal } from "./refusal.ts";
import { isCheckoutSignature, isReceiptSignature, orderResource } from "./resource.ts";
import type { CheckoutRecord } from "./state.ts";

/** What a buyer's browser sees: the checkout page, its payment, the receipt, and lemon.js for the overlay. */
export function registerCheckoutRoutes(server: FastifyInstance, context: SandboxContext): void {
  server.get<Signed>("/checkout/custom/:id", async (request, reply) => {
    const checkout = signedCheckout(context, request.params.id, request.query.signature);
    if (checkout === null) return sendPage(reply, 403, messagePage(invalidSignature));
    if (isExpired(checkout, new Date())) return sendPage(reply, 410, messagePage(expired));
    return sendPage(reply, 200, checkoutPage(context, checkout));
  });

  server.post<Signed>("/checkout/custom/:id/pay", async (request, reply) => {
    const checkout = signedCheckout(context, request.params.id, request.query.signature);
    if (checkout === null) return sendRefusal(reply, refuse(403, "Invalid signature."));
    const body = paymentBody.safeParse(request.body);
    if (!body.success) return sendRefusal(reply, refuse(422, "Please check what you entered."));
    if (!isOffered(context, checkout, body.data.variant_id)) {
      return sendRefusal(reply, refuse(422, "This package is not part of this checkout.", "/variant_id"));
    }
    const order = await placeOrder(context, checkout, {
      variantId: body.data.variant_id,
      quantity: checkout.quantity,
      discountMinor: 0,
      taxMinor: 0,
      currency: "USD",
      userName: body.data.name,
      userEmail: body.data.email,
      cardNumber: body.data.card_number,
    });
    if ("kind" in order) return sendRefusal(reply, order);
    return sendDocument(reply, 200, { data: orderResource(context, order) });
  });

  server.get<Receipt>("/receipt/:identifier", async (request, reply) => {
    const { expires = "", signature = "" } = request.query;
    const receipt = { identifier: request.params.identifier, expires, signature };
    return sendReceipt(context, receipt, reply);
  });

  server.get("/js/lemon.js", async (_request, reply) =>
    reply
      .type("text/javascript; charset=utf-8")
      .header("cache-control", "no-cache")
      // The application's page, on another origin, loads this script.
      .header("cross-origin-resource-policy", "cross-origin")
      .send(lemonScript),
  );
}

type Signed = { Params: { id: string }; Querystring: { signature?: string } };
type Receipt = { Params: { identifier: string }; Querystring: { expires?: string; signature?: string } };

const paymentBody = z.object({
  variant_id: z.string(),
  email: z.email(),
  name: z.string().trim().min(1).max(255),
  country: z.string().length(2),
  /** Null when a wallet pays. */
  card_number: z.string().nullable(),
});

const invalidSignature = {
  title: "Invalid signature",
  text: "This link is not complete or has been changed. Go back and open it again.",
};
const expired = {
  title: "This checkout has expired",
  text: "Nothing was charged. Go back and start a new checkout.",
};
const receiptExpired = {
  title: "This receipt link has expired",
  text: "Open the receipt again from your order.",
};

function sendReceipt(
  context: SandboxContext,
  receipt: { readonly identifier: string; readonly expires: string; readonly signature: string },
  reply: FastifyReply,
): FastifyReply {
  const orders = [...context.store.state.orders.values()];
  const order = orders.find((candidate) => candidate.identifier === receipt.identifier);
  if (order === undefined || !isReceiptSignature(context, receipt)) {
    return sendPage(reply, 403, messagePage(invalidSignature));
  }
  if (Number(receipt.expires) * 1_000 < Date.now()) return sendPage(reply, 410, messagePage(receiptExpired));
  return sendPage(reply, 200, receiptPage(context, order));
}

function signedCheckout(
  context: SandboxContext,
  id: string,
  signature: string | undefined,
): CheckoutRecord | null {
  if (!isCheckoutSignature(context, id, String(signature ?? ""))) return null;
  return context.store.state.checkouts.get(id) ?? null;
}

function isOffered(context: SandboxContext, checkout: CheckoutRecord, variantId: string): boolean {
  return variantsOffered(context, checkout).some((variant) => variant.variantId === variantId);
}

/** The page runs its own inline script and style and nothing else, and may be framed: the overlay is an iframe in the
 *  application's page, whose origin the sandbox does not know. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors http: https:",
].join("; ");

function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .type("text/html; charset=utf-8")
    .header("content-security-policy", pagePolicy)
    .header("cache-control", "no-store")
    .header("referrer-policy", "no-referrer")
    .send(html);
}
