import { afterEach, expect, test, vi } from "vitest";
import { parseWebhook } from "../../src/payments/lemon-squeezy/event.ts";
import { isSignedBy } from "../../src/payments/lemon-squeezy/signature.ts";
import {
  call,
  custom,
  type Fixture,
  openCheckout,
  pay,
  startFixture,
  untilReceived,
  webhookSecret,
} from "./sandbox-fixture.ts";

let fixture: Fixture;

afterEach(() => fixture.stop());

async function start(answers?: number[]): Promise<string> {
  fixture = await startFixture(answers === undefined ? {} : { answers });
  return openCheckout(fixture);
}

async function setFaults(faults: Record<string, unknown>): Promise<void> {
  expect((await call(`${fixture.url()}/_control/faults`, faults)).status).toBe(200);
}

async function deliveries() {
  return (await call(`${fixture.url()}/_control/deliveries`)).body.data;
}

function eventNames() {
  return fixture.received.map(({ headers }) => headers["x-event-name"]);
}

test("a payment sends a signed order_created that the application's parser reads", async () => {
  const url = await start();
  const order = await pay(fixture, url);
  const [webhook] = await untilReceived(fixture, 1);
  expect(webhook?.headers).toMatchObject({
    "content-type": "application/json",
    "x-event-name": "order_created",
  });
  const body = webhook?.body ?? Buffer.alloc(0);
  expect(isSignedBy(body, String(webhook?.headers["x-signature"]), [webhookSecret])).toBe(true);
  expect(parseWebhook(body)).toMatchObject({
    kind: "order_created",
    meta: { eventName: "order_created", testMode: true, customData: custom },
    order: {
      orderId: order.id,
      storeId: "1",
      status: "paid",
      totalMinor: 4500,
      variantId: "102",
      quantity: 1,
    },
  });
});

test("a webhook is sent again until the answer is exactly 200, the same bytes each time", async () => {
  const url = await start([500, 202, 200]);
  await pay(fixture, url);
  await untilReceived(fixture, 3);
  expect(new Set(fixture.received.map(({ body }) => body.toString())).size).toBe(1);
  await vi.waitFor(async () => {
    expect(await deliveries()).toMatchObject([
      { attempt: 1, status: 500, event_name: "order_created", answer: "seen" },
      { attempt: 2, status: 202 },
      { attempt: 3, status: 200 },
    ]);
  });
});

test("a webhook is given up after four tries and can be sent again by hand", async () => {
  const url = await start([500]);
  await pay(fixture, url);
  await untilReceived(fixture, 4);
  const [first] = await deliveries();
  const again = await call(`${fixture.url()}/_control/redeliver`, { id: first.id });
  expect(again.body.data).toMatchObject({ id: first.id, attempt: 5, status: 500 });
  expect(fixture.received).toHaveLength(5);
});

test("refunds add up, and each sends order_refunded with the sum", async () => {
  const url = await start();
  const order = await pay(fixture, url);
  await untilReceived(fixture, 1);
  const refund = `${fixture.url()}/v1/orders/${order.id}/refund`;
  const part = await call(refund, { data: { type: "orders", id: order.id, attributes: { amount: 1000 } } });
  expect(part.body.data.attributes).toMatchObject({
    status: "partial_refund",
    refunded: false,
    refunded_amount: 1000,
    refunded_amount_formatted: "$10.00",
    refunded_at: null,
  });
  expect((await call(refund, { data: { attributes: { amount: 3501 } } })).status).toBe(422);
  const rest = await call(refund, {});
  expect(rest.body.data.attributes).toMatchObject({
    status: "refunded",
    refunded: true,
    refunded_amount: 4500,
    refunded_at: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
  });
  expect((await call(refund, {})).status).toBe(422);

  await untilReceived(fixture, 3);
  const events = fixture.received.map(({ body }) => parseWebhook(body));
  expect(events).toMatchObject([
    { kind: "order_created", order: { refundedMinor: 0 } },
    { kind: "order_refunded", order: { refundedMinor: 1000 }, meta: { customData: custom } },
    { kind: "order_refunded", order: { refundedMinor: 4500 } },
  ]);
});

test("dropped webhooks are listed as dropped, never sent, and can be sent by hand", async () => {
  const url = await start();
  await setFaults({ drop_webhooks: true });
  const order = await pay(fixture, url);
  const [dropped] = await deliveries();
  expect(dropped).toMatchObject({ status: "dropped", order_id: order.id, event_name: "order_created" });
  await setFaults({ drop_webhooks: false });
  await pay(fixture, url);
  await untilReceived(fixture, 1);
  expect(parseWebhook(fixture.received[0]?.body ?? Buffer.alloc(0))).not.toHaveProperty(
    "order.orderId",
    order.id,
  );
  const redelivered = await call(`${fixture.url()}/_control/redeliver`, { id: dropped.id });
  expect(redelivered.body.data).toMatchObject({ status: 200, order_id: order.id });
});

test("with the duplicate fault each webhook comes twice", async () => {
  const url = await start();
  await setFaults({ duplicate: true });
  await pay(fixture, url);
  const [first, second] = await untilReceived(fixture, 2);
  expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
});

test("with the reorder fault a refund overtakes its order", async () => {
  const url = await start();
  await setFaults({ reorder: true });
  const order = await pay(fixture, url);
  await call(`${fixture.url()}/v1/orders/${order.id}/refund`, {});
  await untilReceived(fixture, 2);
  expect(eventNames()).toEqual(["order_refunded", "order_created"]);
});

test("a webhook held for reordering goes out as soon as the fault is lifted", async () => {
  const url = await start();
  await setFaults({ reorder: true });
  await pay(fixture, url);
  await setFaults({ reorder: false });
  await untilReceived(fixture, 1);
  expect(eventNames()).toEqual(["order_created"]);
});

test("with the delay fault a webhook comes no earlier than told", async () => {
  const url = await start();
  await setFaults({ delay_ms: 150 });
  const paidAt = Date.now();
  await pay(fixture, url);
  await untilReceived(fixture, 1);
  // A timer may fire a millisecond early by the wall clock.
  expect(Date.now() - paidAt).toBeGreaterThanOrEqual(149);
});

test("orders, faults and undelivered webhooks outlive a restart, and ids go on", async () => {
  const url = await start();
  await setFaults({ delay_ms: 400 });
  const order = await pay(fixture, url);
  await fixture.restart();
  expect(fixture.received).toHaveLength(0);
  expect(await fixture.client().getOrder(order.id)).toMatchObject({
    kind: "ok",
    order: { totalMinor: 4500 },
  });
  await untilReceived(fixture, 1);
  expect((await call(`${fixture.url()}/_control/faults`)).body.data).toMatchObject({ delay_ms: 400 });
  const next = await pay(fixture, url.replace(/^http:\/\/[^/]+/, fixture.url()));
  expect(Number(next.id)).toBe(Number(order.id) + 1);
});

test("a fault that does not exist is refused", async () => {
  await start();
  expect((await call(`${fixture.url()}/_control/faults`, { drop_webhook: true })).status).toBe(422);
  expect((await call(`${fixture.url()}/_control/redeliver`, { id: "none" })).status).toBe(404);
});
