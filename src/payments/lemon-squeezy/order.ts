import { z } from "zod";

/** An order as this system needs it. Amounts are whole minor units of `currency` (cents of a US dollar).
 *  `refundedMinor` is cumulative over all refunds of the order. `variantId` is null and `quantity` 0 when the
 *  provider names no item. Ids are text: they are compared, never counted. Source: lemon-squeezy.md sections 4, 6. */
export type Order = {
  readonly orderId: string;
  readonly storeId: string;
  readonly orderNumber: number;
  readonly identifier: string | null;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  readonly refundedMinor: number;
  readonly variantId: string | null;
  readonly variantName: string | null;
  readonly quantity: number;
  readonly userName: string | null;
  readonly userEmail: string | null;
  readonly receiptUrl: string | null;
  readonly testMode: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly refundedAt: Date | null;
};

/** `other` is any status the provider adds later: not paid, so nothing is credited for it. */
type OrderStatus = (typeof knownStatuses)[number] | "other";

const knownStatuses = ["pending", "failed", "paid", "refunded", "partial_refund", "fraudulent"] as const;

const moneyMinor = z.int().nonnegative();
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
// The provider sends most ids as numbers and the order's own as text; both become the same text.
const id = z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,18}$/)]).transform(String);

const orderItem = z.object({
  variant_id: id,
  variant_name: z.string().nullish(),
  quantity: z.int().positive(),
});

/** A JSON:API resource of type `orders`, parsed into an Order. Fields nobody here reads may be absent or odd. */
export const orderResource = z
  .object({
    type: z.literal("orders"),
    id,
    attributes: z.object({
      store_id: id,
      order_number: z.int().nonnegative(),
      identifier: z.string().nullish(),
      status: z.string(),
      currency: z.string().regex(/^[A-Z]{3}$/),
      subtotal: moneyMinor,
      discount_total: moneyMinor.nullish(),
      tax: moneyMinor.nullish(),
      total: moneyMinor,
      // Missing before August 2024; `refunded` alone then says whether all of it went back.
      refunded_amount: moneyMinor.nullish(),
      refunded: z.boolean().nullish(),
      refunded_at: moment.nullish(),
      first_order_item: orderItem.nullish(),
      user_name: z.string().nullish(),
      user_email: z.string().nullish(),
      urls: z.object({ receipt: z.string().nullish() }).nullish(),
      test_mode: z.boolean(),
      created_at: moment,
      updated_at: moment,
    }),
  })
  .transform(({ id: orderId, attributes }): Order => {
    const item = attributes.first_order_item ?? null;
    return {
      orderId,
      storeId: attributes.store_id,
      orderNumber: attributes.order_number,
      identifier: attributes.identifier ?? null,
      status: knownStatuses.find((status) => status === attributes.status) ?? "other",
      currency: attributes.currency,
      subtotalMinor: attributes.subtotal,
      discountMinor: attributes.discount_total ?? 0,
      taxMinor: attributes.tax ?? 0,
      totalMinor: attributes.total,
      refundedMinor: attributes.refunded_amount ?? (attributes.refunded ? attributes.total : 0),
      variantId: item?.variant_id ?? null,
      variantName: item?.variant_name ?? null,
      quantity: item?.quantity ?? 0,
      userName: attributes.user_name ?? null,
      userEmail: attributes.user_email ?? null,
      receiptUrl: attributes.urls?.receipt ?? null,
      testMode: attributes.test_mode,
      createdAt: attributes.created_at,
      updatedAt: attributes.updated_at,
      refundedAt: attributes.refunded_at ?? null,
    };
  });

/** One line naming each field that did not parse, without its value: it may be somebody's name or address. */
export function problemsOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; ");
}
