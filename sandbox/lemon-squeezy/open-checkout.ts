import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { SandboxContext } from "./context.ts";
import type { ApiRefusal } from "./refusal.ts";
import { providerTime } from "./resource.ts";
import type { CheckoutRecord } from "./state.ts";

/** Opens a checkout from the body of POST /v1/checkouts and keeps it.
 *  Refuses 422 with one error per wrong field, as the provider does. Source: lemon-squeezy.md section 2. */
export async function openCheckout(
  context: SandboxContext,
  body: unknown,
): Promise<CheckoutRecord | ApiRefusal> {
  const parsed = checkoutBody.safeParse(body);
  if (!parsed.success) {
    return { kind: "refused", status: 422, details: parsed.error.issues.map(detailOf) };
  }
  const { attributes, relationships } = parsed.data.data;
  const details = referencesRefused(context, parsed.data);
  if (details.length > 0) return { kind: "refused", status: 422, details };

  const variantId = relationships.variant.data.id;
  const checkout: CheckoutRecord = {
    id: randomUUID(),
    variantId,
    customPrice: attributes.custom_price ?? null,
    enabledVariants: attributes.product_options.enabled_variants,
    quantity: quantityOf(attributes.checkout_data.variant_quantities, variantId),
    productOptions: attributes.product_options,
    checkoutOptions: attributes.checkout_options,
    checkoutData: attributes.checkout_data,
    custom: customOf(attributes.checkout_data.custom),
    redirectUrl: attributes.product_options.redirect_url || null,
    expiresAt: attributes.expires_at ?? null,
    testMode: attributes.test_mode ?? context.testMode,
    createdAt: providerTime(new Date()),
  };
  context.store.state.checkouts.set(checkout.id, checkout);
  await context.store.save();
  return checkout;
}

type Detail = { readonly detail: string; readonly pointer?: string };

const variantQuantities = z.array(z.object({ variant_id: z.int(), quantity: z.int().positive() }));

const attributesBody = z.object({
  custom_price: z.int().nonnegative().nullish(),
  product_options: z
    .looseObject({
      redirect_url: z.union([z.url({ protocol: /^https?$/ }), z.literal("")]).optional(),
      enabled_variants: z.array(z.int()).default([]),
    })
    .prefault({}),
  checkout_options: z.looseObject({}).prefault({}),
  checkout_data: z
    .looseObject({
      email: z.string().nullish(),
      name: z.string().nullish(),
      custom: z.record(z.string(), z.string()).nullish(),
      variant_quantities: variantQuantities.nullish(),
    })
    .prefault({}),
  test_mode: z.boolean().nullish(),
  expires_at: z.iso
    .datetime({ offset: true })
    .refine((text) => Date.parse(text) > Date.now(), "must be a date after now")
    .nullish(),
});

const checkoutBody = z.object({
  data: z.object({
    type: z.literal("checkouts"),
    attributes: attributesBody.prefault({}),
    relationships: z.object({
      store: z.object({ data: z.object({ type: z.literal("stores"), id: z.string() }) }),
      variant: z.object({ data: z.object({ type: z.literal("variants"), id: z.string() }) }),
    }),
  }),
});

function referencesRefused(context: SandboxContext, body: z.infer<typeof checkoutBody>): Detail[] {
  const { attributes, relationships } = body.data;
  const known = new Set(context.variants.map((variant) => variant.variantId));
  const details: Detail[] = [];
  if (relationships.store.data.id !== context.storeId) {
    details.push({ detail: "The related store does not exist.", pointer: "/data/relationships/store" });
  }
  if (!known.has(relationships.variant.data.id)) {
    details.push({ detail: "The related variant does not exist.", pointer: "/data/relationships/variant" });
  }
  if (attributes.product_options.enabled_variants.some((variant) => !known.has(String(variant)))) {
    const pointer = "/data/attributes/product_options/enabled_variants";
    details.push({ detail: "The selected enabled variants are invalid.", pointer });
  }
  return details;
}

/** The provider's wording, which names the field from `attributes` on. */
function detailOf(issue: z.core.$ZodIssue): Detail {
  const path = issue.path.map(String);
  const field = (path[1] === "attributes" ? path.slice(2) : path).join(".");
  const wantsText = issue.code === "invalid_type" && issue.expected === "string";
  return {
    detail: wantsText
      ? `The ${field} field must be a string.`
      : `The ${field} field is invalid: ${issue.message}.`,
    pointer: `/${path.join("/")}`,
  };
}

function quantityOf(
  quantities: z.infer<typeof variantQuantities> | null | undefined,
  variantId: string,
): number {
  return quantities?.find((entry) => String(entry.variant_id) === variantId)?.quantity ?? 1;
}

function customOf(custom: Record<string, string> | null | undefined): Record<string, string> | null {
  return custom && Object.keys(custom).length > 0 ? custom : null;
}
