import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, clientOf } from "../http/api-client.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";

let service: TestService;
let acme: TestOrganization;
let anyone: Client;

beforeAll(async () => {
  service = await startTestService({ AIRTIME_RECONCILE_SECONDS: "3600" });
  acme = await service.organization(0);
  anyone = clientOf(service.url);
});
afterAll(() => service?.stop());

const openCheckout = (headers: Record<string, string> = {}) =>
  acme.owner.post("/api/billing/checkout", { variant_id: 1002 }, headers);

/** A signed order_created with these parts, sent as it is. */
function deliver(body: string, contentType = "application/json") {
  const signature = createHmac("sha256", service.demo.webhook_secret).update(body).digest("hex");
  return anyone.post("/lemon-squeezy/webhook", body, {
    "x-signature": signature,
    "content-type": contentType,
  });
}

function orderWithoutCustomData(orderId: string): string {
  const time = new Date().toISOString();
  const attributes = {
    store_id: 41000,
    order_number: 77,
    status: "paid",
    currency: "USD",
    subtotal: 4_750,
    total: 4_750,
    first_order_item: { variant_id: 1002, quantity: 1 },
    test_mode: true,
    created_at: time,
    updated_at: time,
  };
  const meta = { event_name: "order_created", test_mode: true, webhook_id: randomUUID() };
  return JSON.stringify({ meta, data: { type: "orders", id: orderId, attributes } });
}

test("packages are on sale with credits, price and discount, and name the overlay's script", async () => {
  const { status, body } = await acme.owner.get("/api/billing/packages");
  expect(status).toBe(200);
  expect(body.data).toEqual([
    { variant_id: "1001", name: "10 credits", credits: 10, price: 10, currency: "USD", discount_percent: 0 },
    {
      variant_id: "1002",
      name: "50 credits",
      credits: 50,
      price: 47.5,
      currency: "USD",
      discount_percent: 5,
    },
    {
      variant_id: "1003",
      name: "100 credits",
      credits: 100,
      price: 90,
      currency: "USD",
      discount_percent: 10,
    },
    {
      variant_id: "1004",
      name: "500 credits",
      credits: 500,
      price: 425,
      currency: "USD",
      discount_percent: 15,
    },
  ]);
  expect(body.overlay_script_url).toBe(`${service.demo.sandbox_url}/js/lemon.js`);
});

test("the same checkout request under one Idempotency-Key opens one checkout", async () => {
  const key = { "idempotency-key": randomUUID() };
  const answers = await Promise.all(Array.from({ length: 5 }, () => openCheckout(key)));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true")).toHaveLength(4);
  const other = await acme.owner.post("/api/billing/checkout", { variant_id: 1001 }, key);
  expect(other).toMatchObject({ status: 409, body: { code: "idempotency_key_reused" } });
});

test("a checkout that failed under an Idempotency-Key may be tried again under it", async () => {
  const key = { "idempotency-key": randomUUID() };
  const setFault = (isDown: boolean) =>
    clientOf(service.demo.sandbox_url).post("/_control/faults", { fail_api: isDown });
  await setFault(true);
  const down = await openCheckout(key);
  await setFault(false);
  expect(down).toMatchObject({ status: 503, body: { code: "unavailable" } });
  expect(Number(down.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await openCheckout(key)).status).toBe(200);
});

test("a checkout needs one package and nothing it does not know", async () => {
  for (const body of [{}, { variantId: "1001", variant_id: "1002" }, { variantId: "1001", price: 1 }]) {
    expect(await acme.owner.post("/api/billing/checkout", body)).toMatchObject({
      status: 422,
      body: { code: "invalid" },
    });
  }
  expect((await acme.owner.post("/api/billing/checkout", "{")).status).toBe(400);
});

test("keys, the operator and strangers do not buy, and see no other organization's checkout", async () => {
  const organization_id = acme.id;
  const request = { variantId: "1001", organization_id };
  expect((await anyone.post("/api/billing/checkout", request)).status).toBe(401);
  expect(await acme.runtime.post("/api/billing/checkout", request)).toMatchObject({
    status: 403,
    body: { code: "owner_only" },
  });
  expect((await service.operator.post("/api/billing/checkout", request)).status).toBe(403);
  const stranger = await service.organization(0);
  expect((await stranger.owner.post("/api/billing/checkout", request)).status).toBe(404);
  const { body } = await openCheckout();
  const path = `/api/billing/checkouts/${body.checkout_id}`;
  expect((await acme.owner.get(path)).body).toMatchObject({ status: "open", transaction_id: null });
  expect((await stranger.owner.get(path)).status).toBe(404);
  expect((await stranger.owner.get(`${path}?organization_id=${acme.id}`)).status).toBe(404);
});

test("a webhook's signature is over its bytes, whatever their content type", async () => {
  const body = orderWithoutCustomData("880001");
  expect(await deliver(body, "text/plain")).toMatchObject({ status: 200, body: { success: true } });
  expect((await deliver(`${body} `)).status).toBe(200);
  expect(await deliver("not json")).toMatchObject({ status: 400, body: { code: "malformed" } });
  const empty = await anyone.post("/lemon-squeezy/webhook", undefined, { "x-signature": "0" });
  expect(empty).toMatchObject({ status: 401, body: { code: "invalid_signature" } });
  expect(await deliver(JSON.stringify({ much: "x".repeat(1_048_576) }))).toMatchObject({
    status: 413,
    body: { code: "too_large" },
  });
});

test("the operator sees events, and assigns an order that named nobody", async () => {
  await deliver(orderWithoutCustomData("880002"));
  const page = await service.operator.get("/lemon-squeezy/webhook-events?limit=1&offset=0");
  expect(page.body).toMatchObject({ success: true, limit: 1, offset: 0, total: expect.any(Number) });
  const [event] = page.body.data;
  expect(event).toMatchObject({
    event_name: "order_created",
    order_id: "880002",
    status: "failed",
    reason: expect.stringContaining("assign"),
    test_mode: true,
  });
  const path = `/lemon-squeezy/webhook-events/${event.id}/replay`;
  const unknown = await service.operator.post(path, { organization_id: "org_nowhere" });
  expect(unknown).toMatchObject({ status: 422, body: { errors: [{ path: "organization_id" }] } });
  const assigned = await service.operator.post(path, { organization_id: acme.id });
  expect(assigned).toMatchObject({ status: 200, body: { event: { id: event.id, status: "processed" } } });
  expect((await service.operator.post(path)).body).toMatchObject({ event: { status: "processed" } });
  const { body } = await acme.owner.get("/api/billing/history?limit=1");
  expect(body.data).toMatchObject([{ kind: "purchase", amount: 50, actor: { type: "system" } }]);
  expect((await service.operator.post("/lemon-squeezy/webhook-events/evt_none/replay")).status).toBe(404);
});

test("only the operator sees and replays payment events", async () => {
  for (const client of [acme.owner, acme.runtime]) {
    expect((await client.get("/lemon-squeezy/webhook-events")).status).toBe(403);
    expect((await client.post("/lemon-squeezy/webhook-events/evt_1/replay")).status).toBe(403);
  }
  expect((await anyone.get("/lemon-squeezy/webhook-events")).status).toBe(401);
  expect((await service.operator.get("/lemon-squeezy/webhook-events?limit=0")).status).toBe(422);
});
