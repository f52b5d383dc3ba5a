import { expect, test } from "vitest";
import { parseWebhook } from "./event.ts";

/** An order as captured from the provider, with synthetic values (lemon-squeezy.md section 6). */
function sampleOrder(attributes: Record<string, unknown> = {}) {
  return {
    type: "orders",
    id: "7111514",
    attributes: {
      store_id: 1,
      customer_id: 2,
      identifier: "104e18a2-d755-4d4b-80c4-a6c1dcbe1c10",
      order_number: 1001,
      user_name: "Ada Lovelace",
      user_email: "ada@example.com",
      currency: "USD",
      currency_rate: "1.00000000",
      subtotal: 5000,
      setup_fee: 0,
      discount_total: 500,
      tax: 0,
      total: 4500,
      refunded_amount: 0,
      tax_name: "VAT",
      tax_rate: 0,
      status: "paid",
      refunded: false,
      refunded_at: null,
      first_order_item: { id: 9, variant_id: 102, variant_name: "50 credits", price: 5000, quantity: 1 },
      urls: { receipt: "https://example.com/receipt" },
      created_at: "2026-05-04T10:11:12.000000Z",
      updated_at: "2026-05-04T10:11:12.123456Z",
      test_mode: true,
      ...attributes,
    },
  };
}

function bodyOf(meta: unknown, data: unknown): Buffer {
  return Buffer.from(JSON.stringify({ meta, data }));
}

const meta = {
  test_mode: true,
  event_name: "order_created",
  webhook_id: "e0d7a1d3-0000-4000-8000-000000000000",
  custom_data: { checkout_id: "chk_1", organization_id: "org_1", user_id: "usr_1" },
};

test("order_created gives the order and what the checkout carried", () => {
  expect(parseWebhook(bodyOf(meta, sampleOrder()))).toEqual({
    kind: "order_created",
    meta: {
      eventName: "order_created",
      testMode: true,
      customData: { checkout_id: "chk_1", organization_id: "org_1", user_id: "usr_1" },
      webhookId: "e0d7a1d3-0000-4000-8000-000000000000",
    },
    order: {
      orderId: "7111514",
      storeId: "1",
      orderNumber: 1001,
      identifier: "104e18a2-d755-4d4b-80c4-a6c1dcbe1c10",
      status: "paid",
      currency: "USD",
      subtotalMinor: 5000,
      discountMinor: 500,
      taxMinor: 0,
      totalMinor: 4500,
      refundedMinor: 0,
      variantId: "102",
      variantName: "50 credits",
      quantity: 1,
      userName: "Ada Lovelace",
      userEmail: "ada@example.com",
      receiptUrl: "https://example.com/receipt",
      testMode: true,
      createdAt: new Date("2026-05-04T10:11:12.000Z"),
      updatedAt: new Date("2026-05-04T10:11:12.123Z"),
      refundedAt: null,
    },
  });
});

test("order_refunded gives the cumulative refunded amount", () => {
  const data = sampleOrder({ status: "partial_refund", refunded_amount: 3055 });
  const event = parseWebhook(bodyOf({ ...meta, event_name: "order_refunded" }, data));
  expect(event).toMatchObject({
    kind: "order_refunded",
    order: { status: "partial_refund", refundedMinor: 3055 },
  });
});

test.each([
  [
    "a refund without its amount counts as all of it",
    { refunded: true, refunded_amount: null },
    { refundedMinor: 4500 },
  ],
  ["a tax rate as text is no obstacle", { tax_rate: "20.00", tax: 900, total: 5400 }, { taxMinor: 900 }],
  ["a status of tomorrow is not paid", { status: "disputed" }, { status: "other" }],
  ["an order without an item has no variant", { first_order_item: null }, { variantId: null, quantity: 0 }],
  [
    "fields nobody reads may be missing",
    { urls: undefined, user_name: null },
    { receiptUrl: null, userName: null },
  ],
])("%s", (_name, attributes, expected) => {
  expect(parseWebhook(bodyOf(meta, sampleOrder(attributes)))).toMatchObject({
    kind: "order_created",
    order: expected,
  });
});

test.each([
  ["an amount that is a fraction", { total: 45.5 }],
  ["an amount beyond safe integers", { total: 2 ** 53 }],
  ["a negative refund", { refunded_amount: -1 }],
  ["no store", { store_id: undefined }],
  ["a currency that is none", { currency: "dollars" }],
])(
  "an order with %s is an unreadable order that keeps its id and names the field, not the value",
  (_name, wrong) => {
    const event = parseWebhook(bodyOf(meta, sampleOrder(wrong)));
    expect(event).toMatchObject({ kind: "unreadable_order", orderId: "7111514" });
    expect(event).toHaveProperty("reason", expect.stringContaining(Object.keys(wrong)[0] ?? ""));
  },
);

test("custom values come as text, and lists and objects among them not at all", () => {
  const custom_data = { organization_id: 25, again: true, list: [1], nested: { a: 1 }, text: "x" };
  const event = parseWebhook(bodyOf({ ...meta, custom_data }, sampleOrder()));
  expect(event).toHaveProperty("meta.customData", { organization_id: "25", again: "true", text: "x" });
});

test.each([
  ["absent", undefined],
  ["null", null],
  ["an empty list", []],
])("custom data that is %s is empty", (_name, custom_data) => {
  const event = parseWebhook(bodyOf({ ...meta, custom_data }, sampleOrder()));
  expect(event).toMatchObject({ kind: "order_created", meta: { customData: {} } });
});

test("an event this system does not act on keeps its name and object", () => {
  const event = parseWebhook(
    bodyOf({ event_name: "subscription_created", test_mode: false }, { type: "subscriptions", id: "5" }),
  );
  expect(event).toMatchObject({
    kind: "other",
    meta: { eventName: "subscription_created", testMode: false },
    objectId: "5",
  });
});

test.each([
  ["empty", Buffer.from("")],
  ["not JSON", Buffer.from("order_created")],
  ["not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ["a list", Buffer.from("[]")],
  ["null", Buffer.from("null")],
  ["without a name", bodyOf({ test_mode: true }, sampleOrder())],
  ["without data", Buffer.from(JSON.stringify({ meta }))],
])("a body that is %s is not an event", (_name, body) => {
  expect(parseWebhook(body)).toMatchObject({ kind: "not_an_event" });
});
