import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Client } from "../http/api-client.ts";
import { startTestService, type TestService } from "../setup/service.ts";

let service: TestService;
let owner: Client;

beforeAll(async () => {
  service = await startTestService({ AIRTIME_RECONCILE_SECONDS: "1" });
  owner = await service.signIn("owner");
  const { id, url } = await checkout();
  await sandbox("/_control/pay", { checkout_url: url });
  await vi.waitFor(async () => expect((await statusOf(id)).status).toBe("paid"), { timeout: 15_000 });
});

afterAll(() => service?.stop());

/** Calls the sandbox's control interface, or its API. */
async function sandbox(path: string, body: object = {}): Promise<{ data: { id: string } }> {
  const response = await fetch(`${service.demo.sandbox_url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer any" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { data: { id: string } };
}

async function checkout(variantId = "1002") {
  const { body } = await owner.post("/api/billing/checkout", { variantId });
  return { id: body.checkout_id, url: body.checkout_url };
}

const statusOf = async (id: string) => (await owner.get(`/api/billing/checkouts/${id}`)).body;
const balance = async () => (await owner.get("/api/billing/summary")).body.balance;
const newest = async () => (await owner.get("/api/billing/history?limit=1")).body.data[0];

/** A signed delivery, as the provider would send it. */
async function deliver(event: object, { signature }: { signature?: string } = {}) {
  const body = JSON.stringify(event);
  const hex = createHmac("sha256", service.demo.webhook_secret).update(body).digest("hex");
  const response = await fetch(`${service.url}/lemon-squeezy/webhook`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-signature": signature ?? hex },
    body,
  });
  return { status: response.status, body: await response.json() };
}

/** A real delivery of a paid order, to be changed and signed again. */
async function deliveredEvent(): Promise<Tree> {
  const response = await fetch(`${service.demo.sandbox_url}/_control/deliveries`);
  const { data } = (await response.json()) as { data: { event_name: string; body: string }[] };
  return JSON.parse(data.find((delivery) => delivery.event_name === "order_created")?.body ?? "{}");
}

const events = async (orderId: string) => {
  const { body } = await service.operator.get("/lemon-squeezy/webhook-events?limit=200");
  return body.data.filter((event: { order_id: string }) => event.order_id === orderId);
};

describe("a purchase", () => {
  test("is credited by the webhook with its buyer, once however often it is delivered", async () => {
    const before = await balance();
    const { id, url } = await checkout("1002");
    expect(await statusOf(id)).toMatchObject({ status: "open", transaction_id: null });
    const { data: order } = await sandbox("/_control/pay", { checkout_url: url });
    await expect.poll(async () => (await statusOf(id)).status).toBe("paid");
    const transaction = await newest();
    expect(transaction).toMatchObject({
      id: (await statusOf(id)).transaction_id,
      type: "topup",
      kind: "purchase",
      amount: 50,
      actor: { type: "user", name: "Olivia Reyes" },
      ip_address: "127.0.0.1",
      metadata: { payment_method: "lemon_squeezy", variant_id: "1002", order_id: order.id },
    });
    expect(transaction.description).toMatch(/^Credit top-up via Lemon Squeezy - \$50\.00/);
    const event = await deliveredEvent();
    const repeats = await Promise.all(Array.from({ length: 30 }, () => deliver(event)));
    expect(new Set(repeats.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await balance()).toBe(before + 50);
  });

  test("counts the variant that was paid, times the quantity", async () => {
    const before = await balance();
    const { id, url } = await checkout("1001");
    await sandbox("/_control/pay", { checkout_url: url, variant_id: "1003", quantity: 2 });
    await expect.poll(async () => (await statusOf(id)).status).toBe("paid");
    expect(await balance()).toBe(before + 200);
  });

  test("is refused before anything is half done when the provider is down, and may be tried again", async () => {
    await sandbox("/_control/faults", { fail_api: true });
    const down = await owner.post("/api/billing/checkout", { variantId: "1001" });
    expect([502, 503]).toContain(down.status);
    await sandbox("/_control/faults", { fail_api: false });
    expect((await owner.post("/api/billing/checkout", { variant_id: "1001" })).status).toBe(200);
  });

  test("is the Owner's to start, of a known variant", async () => {
    for (const role of ["admin", "member"] as const) {
      const refused = await (await service.signIn(role)).post("/api/billing/checkout", { variantId: "1001" });
      expect(refused).toMatchObject({ status: 403, body: { code: "owner_only" } });
    }
    expect(await owner.post("/api/billing/checkout", { variantId: "9999" })).toMatchObject({
      status: 422,
      body: { code: "unknown_variant" },
    });
    expect((await owner.get("/api/billing/checkouts/chk_nope")).status).toBe(404);
  });
});

describe("refunds", () => {
  test("take back their cumulative share of the credits, to the last", async () => {
    const { id, url } = await checkout("1001");
    const { data: order } = await sandbox("/_control/pay", { checkout_url: url });
    await expect.poll(async () => (await statusOf(id)).status).toBe("paid");
    const before = await balance();
    const refund = (attributes: object) =>
      sandbox(`/v1/orders/${order.id}/refund`, { data: { type: "orders", id: order.id, attributes } });
    await refund({ amount: 250 });
    await expect.poll(balance).toBe(before - 2.5);
    expect(await newest()).toMatchObject({ type: "refund", kind: "purchase_refund", amount: -2.5 });
    await refund({});
    await expect.poll(balance).toBe(before - 10);
    expect((await statusOf(id)).status).toBe("refunded");
  });

  test("of credits that are spent take the balance below the floor, and then no call starts", async () => {
    const broke = await service.organization(0);
    const { body } = await broke.owner.post("/api/billing/checkout", { variant_id: "1001" });
    const { data: order } = await sandbox("/_control/pay", { checkout_url: body.checkout_url });
    const left = async () => (await broke.owner.get("/api/billing/summary")).body.balance;
    await expect.poll(left).toBe(10);
    const units = { agent_id: "agent_1", architecture: "pipeline", duration_seconds: 6_000 };
    await broke.runtime.post("/api/billing/usage", { ...units, event_id: "spent" });
    const spent = 10 - (await left());
    expect(spent).toBeGreaterThan(5);
    await sandbox(`/v1/orders/${order.id}/refund`, {});
    await expect.poll(left).toBeCloseTo(-spent, 4);
    expect(await broke.owner.get("/api/billing/summary")).toMatchObject({ body: { status: "exhausted" } });
    const call = { agent_id: "agent_1", architecture: "pipeline" };
    expect(await broke.runtime.post("/api/billing/sessions", call)).toMatchObject({
      status: 402,
      body: { code: "insufficient_credits" },
    });
  });
});

describe("the webhook", () => {
  test("refuses forged, upper-case and missing signatures, and what is no event", async () => {
    const event = await deliveredEvent();
    const before = await balance();
    const body = JSON.stringify(event);
    const good = createHmac("sha256", service.demo.webhook_secret).update(body).digest("hex");
    for (const signature of ["", "0".repeat(64), good.toUpperCase(), good.slice(1), `${good}00`]) {
      expect(await deliver(event, { signature })).toMatchObject({
        status: 401,
        body: { code: "invalid_signature" },
      });
    }
    expect((await deliver({ hello: "world" })).status).toBe(400);
    expect(await balance()).toBe(before);
  });

  test.each([
    ["another store's order", { data: { attributes: { store_id: 1 } } }, "ignored"],
    [
      "a live order in test mode",
      { meta: { test_mode: false }, data: { attributes: { test_mode: false } } },
      "ignored",
    ],
    ["an unpaid order", { data: { attributes: { status: "pending" } } }, "parked"],
    ["an order without custom data", { meta: { custom_data: undefined } }, "failed"],
    [
      "an order of a variant nobody knows",
      { data: { attributes: { first_order_item: { variant_id: 7 } } } },
      "failed",
    ],
    [
      "a refund before its order",
      { meta: { event_name: "order_refunded" }, data: { attributes: { refunded_amount: 100 } } },
      "parked",
    ],
  ])("records %s and credits nothing", async (_what, change, status) => {
    const before = await balance();
    const orderId = String(Math.floor(Math.random() * 1e9));
    const event = merge(merge(await deliveredEvent(), { data: { id: orderId } }), change);
    expect((await deliver(event)).status).toBe(200);
    expect(await events(orderId)).toMatchObject([{ status }]);
    expect(await balance()).toBe(before);
  });
});

test("an event that is not about orders is recorded and ignored", async () => {
  const event = merge(await deliveredEvent(), { meta: { event_name: "subscription_created" } });
  expect((await deliver(event)).status).toBe(200);
  const { body } = await service.operator.get("/lemon-squeezy/webhook-events?limit=1");
  expect(body.data).toMatchObject([{ event_name: "subscription_created", status: "ignored" }]);
});

describe("reconciliation", () => {
  test("finds an order that no webhook told of", async () => {
    const before = await balance();
    await sandbox("/_control/faults", { drop_webhooks: true });
    const { id, url } = await checkout("1001");
    await sandbox("/_control/pay", { checkout_url: url });
    await expect.poll(async () => (await statusOf(id)).status, { timeout: 20_000 }).toBe("paid");
    expect(await balance()).toBe(before + 10);
    await sandbox("/_control/faults", { drop_webhooks: false });
  });

  test("tells the operator how it went and what waits, and counts it in the metrics", async () => {
    const seen = async () => (await service.operator.get("/lemon-squeezy/reconciliation")).body;
    await expect.poll(async () => (await seen()).last_run?.outcome).toBe("complete");
    expect(await seen()).toMatchObject({
      success: true,
      walked_until: expect.any(String),
      last_run: { reason: null, counts: { orders: expect.any(Number), unreadable: expect.any(Number) } },
      open: { parked: expect.any(Number), failed: expect.any(Number) },
    });
    // A key that is no longer good: asking again would not help, so the run ends at once.
    await sandbox("/_control/faults", { api_status: 401 });
    await expect.poll(async () => (await seen()).last_run.outcome).toBe("provider_failed");
    expect((await seen()).last_run.reason).not.toBeNull();
    await sandbox("/_control/faults", { api_status: 0 });
    await expect.poll(async () => (await seen()).last_run.outcome).toBe("complete");
    const { text } = await service.operator.get("/metrics");
    expect(text).toMatch(/^airtime_reconciliation_drift_total\{kind="credited"\} [1-9]/m);
    expect(text).toMatch(/^airtime_reconciliation_runs_total\{outcome="provider_failed"\} [1-9]/m);
    const { open } = await seen();
    expect(text).toContain(`airtime_payment_events_open{status="failed"} ${open.failed}`);
    expect((await owner.get("/lemon-squeezy/reconciliation")).status).toBe(403);
  });

  test("the operator can look for what failed, and for one order", async () => {
    const { body } = await service.operator.get("/lemon-squeezy/webhook-events?status=failed");
    expect(body.total).toBeGreaterThan(0);
    expect(new Set(body.data.map(({ status }: { status: string }) => status))).toEqual(new Set(["failed"]));
    const orderId = body.data[0].order_id;
    const one = await service.operator.get(`/lemon-squeezy/webhook-events?order_id=${orderId}`);
    expect(one.body.data).toMatchObject([{ order_id: orderId }]);
    expect((await service.operator.get("/lemon-squeezy/webhook-events?status=lost")).status).toBe(422);
  });
});

type Tree = { [key: string]: unknown };

/** `change` on top of `base`; undefined removes. */
function merge(base: Tree, change: Tree): Tree {
  const result: Tree = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = result[key];
    const isTree = (part: unknown): part is Tree => typeof part === "object" && part !== null;
    if (value === undefined) delete result[key];
    else result[key] = isTree(value) && isTree(before) ? merge(before, value) : value;
  }
  return result;
}
