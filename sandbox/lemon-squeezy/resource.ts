import { createHmac, timingSafeEqual } from "node:crypto";
import type { SandboxContext, SandboxVariant } from "./context.ts";
import type { CheckoutRecord, OrderRecord } from "./state.ts";

/** An object as JSON:API has it. */
export type Resource = {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: unknown;
  readonly links: { readonly self: string };
};

/** A checkout as `/v1/checkouts` answers it, with its signed address. Source: lemon-squeezy.md section 2. */
export function checkoutResource(context: SandboxContext, checkout: CheckoutRecord): Resource {
  const self = `${context.url()}/v1/checkouts/${checkout.id}`;
  return {
    type: "checkouts",
    id: checkout.id,
    attributes: {
      store_id: Number(context.storeId),
      variant_id: Number(checkout.variantId),
      custom_price: checkout.customPrice,
      product_options: { ...checkout.productOptions, enabled_variants: checkout.enabledVariants },
      checkout_options: checkout.checkoutOptions,
      checkout_data: checkout.checkoutData,
      expires_at: checkout.expiresAt,
      created_at: checkout.createdAt,
      updated_at: checkout.createdAt,
      test_mode: checkout.testMode,
      url: checkoutUrl(context, checkout.id),
    },
    relationships: relationshipsOf(self, ["store", "variant"]),
    links: { self },
  };
}

/** A variant as `/v1/variants` answers it. Source: lemon-squeezy.md section 3. */
export function variantResource(context: SandboxContext, variant: SandboxVariant, sort: number): Resource {
  return {
    type: "variants",
    id: variant.variantId,
    attributes: {
      product_id: productId,
      name: variant.name,
      slug: variant.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
      description: variant.description ?? "",
      price: variant.priceCents,
      is_subscription: false,
      pay_what_you_want: false,
      min_price: 0,
      suggested_price: 0,
      sort,
      status: "published",
      test_mode: context.testMode,
    },
    links: { self: `${context.url()}/v1/variants/${variant.variantId}` },
  };
}

/** An order as the API answers it and as webhooks carry it. Source: lemon-squeezy.md sections 4 and 6. */
export function orderResource(context: SandboxContext, order: OrderRecord): Resource {
  const self = `${context.url()}/v1/orders/${order.id}`;
  return {
    type: "orders",
    id: order.id,
    attributes: {
      store_id: Number(context.storeId),
      customer_id: customerIdOf(order),
      identifier: order.identifier,
      order_number: order.number,
      user_name: order.userName,
      user_email: order.userEmail,
      ...amountsOf(order),
      tax_name: order.taxMinor > 0 ? "VAT" : null,
      // As observed: a number when there is no tax, text otherwise.
      tax_rate: order.taxMinor > 0 ? taxRateOf(order) : 0,
      tax_inclusive: false,
      ...statusOf(order),
      refunded_at: order.refundedAt,
      first_order_item: firstItemOf(order),
      urls: { receipt: receiptUrl(context, order) },
      created_at: order.createdAt,
      updated_at: order.updatedAt,
      test_mode: order.testMode,
    },
    relationships: relationshipsOf(self, [
      "store",
      "customer",
      "order-items",
      "subscriptions",
      "license-keys",
      "discount-redemptions",
    ]),
    links: { self },
  };
}

/** The price before discount and tax, and what the buyer paid. */
export function totalsOf(order: OrderRecord): { subtotalMinor: number; totalMinor: number } {
  const subtotalMinor = order.priceMinor * order.quantity;
  return { subtotalMinor, totalMinor: subtotalMinor - order.discountMinor + order.taxMinor };
}

/** An amount as a buyer reads it: "$45.00". */
export function formatMinor(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** Now, as the provider writes times: six digits of a second. */
export function providerTime(now: Date): string {
  return now.toISOString().replace("Z", "000Z");
}

/** The hosted page of a checkout; its signature keeps anyone from making up another. */
export function checkoutUrl(context: SandboxContext, checkoutId: string): string {
  return `${context.url()}/checkout/custom/${checkoutId}?signature=${signatureOf(context, `checkout:${checkoutId}`)}`;
}

export function isCheckoutSignature(context: SandboxContext, checkoutId: string, signature: string): boolean {
  return isSignatureOf(context, `checkout:${checkoutId}`, signature);
}

export function isReceiptSignature(
  context: SandboxContext,
  receipt: { readonly identifier: string; readonly expires: string; readonly signature: string },
): boolean {
  return isSignatureOf(context, `receipt:${receipt.identifier}:${receipt.expires}`, receipt.signature);
}

const productId = 1;
/** US dollars for one unit, fixed: the sandbox has no market. */
const usdRates: Readonly<Record<string, number>> = { USD: 1, EUR: 1.17319943, GBP: 1.33751211 };

function amountsOf(order: OrderRecord): Record<string, unknown> {
  const rate = usdRates[order.currency] ?? 1;
  const { subtotalMinor, totalMinor } = totalsOf(order);
  const amounts: Record<string, number> = {
    subtotal: subtotalMinor,
    setup_fee: 0,
    discount_total: order.discountMinor,
    tax: order.taxMinor,
    total: totalMinor,
    refunded_amount: order.refundedMinor,
  };
  const attributes: Record<string, unknown> = { currency: order.currency, currency_rate: rate.toFixed(8) };
  for (const [name, amountMinor] of Object.entries(amounts)) {
    attributes[name] = amountMinor;
    attributes[`${name}_usd`] = Math.round(amountMinor * rate);
    attributes[`${name}_formatted`] = formatMinor(amountMinor, order.currency);
  }
  return attributes;
}

function statusOf(order: OrderRecord): { status: string; status_formatted: string; refunded: boolean } {
  const { payment } = order;
  if (order.refundedMinor === 0 || payment !== "paid") {
    const word = `${payment.slice(0, 1).toUpperCase()}${payment.slice(1)}`;
    return { status: payment, status_formatted: word, refunded: false };
  }
  if (order.refundedMinor >= totalsOf(order).totalMinor) {
    return { status: "refunded", status_formatted: "Refunded", refunded: true };
  }
  return { status: "partial_refund", status_formatted: "Partial refund", refunded: false };
}

function firstItemOf(order: OrderRecord): Record<string, unknown> {
  return {
    id: Number(order.id),
    order_id: Number(order.id),
    product_id: productId,
    variant_id: Number(order.variantId),
    price_id: Number(order.variantId),
    product_name: "Credits",
    variant_name: order.variantName,
    price: order.priceMinor,
    quantity: order.quantity,
    created_at: order.createdAt,
    updated_at: order.createdAt,
    test_mode: order.testMode,
  };
}

function taxRateOf(order: OrderRecord): string {
  const taxedMinor = totalsOf(order).subtotalMinor - order.discountMinor;
  return (taxedMinor === 0 ? 0 : (order.taxMinor / taxedMinor) * 100).toFixed(2);
}

/** The same person, the same customer: a number taken from the address. */
function customerIdOf(order: OrderRecord): number {
  return createHmac("sha256", "customer").update(order.userEmail).digest().readUInt32BE(0) % 10_000_000;
}

function receiptUrl(context: SandboxContext, order: OrderRecord): string {
  const expires = Math.floor(Date.now() / 1_000) + context.store.state.faults.receipt_seconds;
  const signature = signatureOf(context, `receipt:${order.identifier}:${expires}`);
  return `${context.url()}/receipt/${order.identifier}?expires=${expires}&signature=${signature}`;
}

function signatureOf(context: SandboxContext, content: string): string {
  return createHmac("sha256", context.store.state.signingKey).update(content).digest("hex");
}

function isSignatureOf(context: SandboxContext, content: string, signature: string): boolean {
  const given = Buffer.from(signature);
  const wanted = Buffer.from(signatureOf(context, content));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function relationshipsOf(self: string, names: readonly string[]): Record<string, unknown> {
  const links = (name: string) => ({ related: `${self}/${name}`, self: `${self}/relationships/${name}` });
  return Object.fromEntries(names.map((name) => [name, { links: links(name) }]));
}
