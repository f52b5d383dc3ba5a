import { z } from "zod";
import type { FindCheckout } from "../../application/find-checkout.ts";
import type { AnswerStore } from "../../application/identity-ports.ts";
import { listPackages } from "../../application/list-packages.ts";
import type { StartCheckout, StartedCheckout } from "../../application/start-checkout.ts";
import { creditsToNumber } from "../../domain/money/credits.ts";
import type { CreditPackage } from "../../domain/payments/packages.ts";
import { answerChange, type ChangeOutcome } from "../answer-change.ts";
import { sendProblem } from "../problems.ts";
import { idInput, organizationField, timeOutput } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";
import { requirePerson } from "./me.ts";

/** Buying credits: what is on sale, a checkout for it, and what became of that. Source: contract.md, Buying. */
export function registerBuyingRoutes(server: ZodServer, dependencies: BuyingDependencies): void {
  registerPackages(server, dependencies);
  registerCheckout(server, dependencies);
  registerCheckoutStatus(server, dependencies);
}

export type BuyingDependencies = {
  readonly packages: readonly CreditPackage[];
  /** Where the provider's script for the overlay lies. */
  readonly overlayScriptUrl: string;
  /** With a small pool of its own: a checkout holds its connection while the provider takes its time. */
  readonly answers: AnswerStore;
  readonly startCheckout: StartCheckout;
  readonly findCheckout: FindCheckout;
};

function registerPackages(server: ZodServer, { packages, overlayScriptUrl }: BuyingDependencies): void {
  server.get(
    "/api/billing/packages",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Buying"],
        summary: "Packages on sale",
        description:
          "overlay_script_url is the payment provider's script that opens a checkout over the page.",
        querystring: z.strictObject(organizationField),
        response: { 200: packagesSchema },
      },
    },
    async () => ({
      success: true as const,
      data: listPackages(packages).map((offer) => ({
        variant_id: offer.variantId,
        name: offer.name,
        credits: creditsToNumber(offer.credits),
        price: offer.priceCents / 100,
        currency: offer.currency,
        discount_percent: offer.discountPercent,
      })),
      total: packages.length,
      limit: packages.length,
      offset: 0,
      overlay_script_url: overlayScriptUrl,
    }),
  );
}

function registerCheckout(server: ZodServer, { answers, startCheckout }: BuyingDependencies): void {
  server.post(
    "/api/billing/checkout",
    {
      config: { action: "buy" },
      schema: {
        tags: ["Buying"],
        summary: "Open a checkout for a package",
        description:
          "Only the Owner buys. Credits come with the provider's word that it was paid, never from the browser's return to " +
          "the page. Nothing is left half done by a failure: send the same request again.",
        body: checkoutInput,
        response: { 200: startedSchema, 502: z.unknown() },
      },
    },
    (request, reply) => {
      const { userId, name, email } = requirePerson(request.principal);
      return answerChange(request, reply, answers, async () =>
        checkoutAnswer(
          await startCheckout({
            organizationId: request.organizationId,
            variantId: request.body.variantId,
            buyer: { id: userId, name, email },
            ip: request.ip,
          }),
        ),
      );
    },
  );
}

function checkoutAnswer(started: StartedCheckout): ChangeOutcome {
  switch (started.kind) {
    case "started": {
      const { id, url, expiresAt } = started;
      const body = { success: true, checkout_url: url, checkout_id: id, expires_at: expiresAt.toISOString() };
      return { kind: "done", status: 200, body };
    }
    case "unknown_variant":
      return { kind: "refused", code: "unknown_variant" };
    case "provider_down":
    case "provider_refused":
    case "provider_garbled":
      return providerProblem(started);
  }
}

/** What a caller is told of the provider's failure: when coming back may help, or that it will not. */
export function providerProblem(failure: {
  readonly kind: "provider_down" | "provider_refused" | "provider_garbled";
  readonly reason: string;
}): Extract<ChangeOutcome, { kind: "refused" }> {
  if (failure.kind !== "provider_down") {
    const detail = `The payment provider answered: ${failure.reason}`;
    return { kind: "refused", code: "payment_provider_error", facts: { detail } };
  }
  const detail = "The payment provider cannot be reached. Nothing was changed: send the same request again.";
  return {
    kind: "refused",
    code: "unavailable",
    facts: { detail, retry_after_seconds: PROVIDER_RETRY_SECONDS },
  };
}

function registerCheckoutStatus(server: ZodServer, { findCheckout }: BuyingDependencies): void {
  server.get(
    "/api/billing/checkouts/:id",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Buying"],
        summary: "What became of a checkout",
        description: "paid once the credits are in the ledger; transaction_id is then the purchase.",
        params: z.strictObject({ id: idInput }),
        querystring: z.strictObject(organizationField),
        response: { 200: statusSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const checkout = await findCheckout(request.organizationId, id);
      if (checkout === null) return sendProblem(reply, "not_found");
      const { status, transactionId } = checkout;
      return { success: true as const, checkout_id: id, status, transaction_id: transactionId };
    },
  );
}

const PROVIDER_RETRY_SECONDS = 5;

const variantInput = z.union([z.string().min(1).max(32), z.int().positive()]).transform(String);

/** The page says variantId, everything else here is snake_case: both are taken. */
const checkoutInput = z
  .strictObject({
    variantId: variantInput.optional(),
    variant_id: variantInput.optional(),
    ...organizationField,
  })
  .transform(({ variantId, variant_id }, context) => {
    const chosen = variant_id ?? variantId;
    if (chosen !== undefined && (variantId === undefined || variantId === chosen))
      return { variantId: chosen };
    const message = chosen === undefined ? "Name the package to buy" : "Two different packages are named";
    context.addIssue({ code: "custom", path: ["variant_id"], message });
    return z.NEVER;
  });

const packageSchema = z
  .strictObject({
    variant_id: z.string(),
    name: z.string(),
    credits: z.number(),
    price: z.number(),
    currency: z.string(),
    discount_percent: z.number(),
  })
  .meta({ id: "CreditPackage" });

const packagesSchema = z.strictObject({
  success: z.literal(true),
  data: z.array(packageSchema),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
  overlay_script_url: z.string(),
});

const startedSchema = z.strictObject({
  success: z.literal(true),
  checkout_url: z.string(),
  checkout_id: z.string(),
  expires_at: timeOutput,
});

const statusSchema = z.strictObject({
  success: z.literal(true),
  checkout_id: z.string(),
  status: z.enum(["open", "paid", "refunded", "expired"]),
  transaction_id: z.string().nullable(),
});
