import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import type { ReconcileOrders, Reconciliation } from "../../src/application/reconcile-orders.ts";
import { reconcileOnSchedule } from "../../src/jobs/reconcile-on-schedule.ts";
import { fifty, newOrder, openShop, type Shop, STORE_ID } from "./shop.ts";

let shop: Shop | undefined;
let current: Shop;

beforeEach(async () => {
  await shop?.close();
  current = await openShop();
  shop = current;
});
afterAll(() => shop?.close());

/** An organization whose Owner opened a checkout and paid it while no webhook came through. */
async function missedPurchase(email = `${randomUUID()}@example.com`) {
  const organizationId = await current.newOrganization(email);
  const checkoutId = await current.openCheckout(organizationId, "1002");
  const order = newOrder({ userEmail: email });
  current.provider.state.orders.push(order);
  return { organizationId, checkoutId, order };
}

/** Changes an order at the provider, as a refund there would. */
function change(orderId: string, changes: Partial<ReturnType<typeof newOrder>>): void {
  const { orders } = current.provider.state;
  const index = orders.findIndex((order) => order.orderId === orderId);
  orders[index] = { ...(orders[index] ?? newOrder()), ...changes };
}

const longAgo = new Date(Date.now() - 40 * 24 * 3_600_000);

test("missed orders are credited to whoever bought, and a second run changes nothing", async () => {
  const missed = await Promise.all(Array.from({ length: 8 }, () => missedPurchase()));
  expect(await current.reconcile()).toMatchObject({ kind: "complete", orders: 8, credited: 8, failed: 0 });
  for (const { organizationId, checkoutId } of missed) {
    expect(await current.balance(organizationId)).toBe(fifty);
    expect(await current.checkoutStatus(organizationId, checkoutId)).toMatchObject({ status: "paid" });
  }
  const before = await current.store.listEvents({ limit: 100, offset: 0 });
  expect(before.events.map(({ eventName, status }) => [eventName, status])).toEqual(
    missed.map(() => ["order_reconciled", "processed"]),
  );
  expect(await current.reconcile()).toMatchObject({ kind: "complete", orders: 8, credited: 0, refunded: 0 });
  expect(await current.store.listEvents({ limit: 100, offset: 0 })).toEqual(before);
});

test("a webhook that comes after all finds the order credited", async () => {
  const { organizationId, checkoutId, order } = await missedPurchase();
  await current.reconcile();
  const custom = { organization_id: organizationId, checkout_id: checkoutId };
  expect(await current.deliver({ order, custom })).toMatchObject({ status: "processed" });
  expect(await current.balance(organizationId)).toBe(fifty);
});

test("an order that nobody's checkout fits, or several organizations' do, waits for a person", async () => {
  current.provider.state.orders.push(newOrder({ userEmail: "stranger@example.com" }));
  const { organizationId, order } = await missedPurchase("both@example.com");
  const other = await current.newOrganization("both@example.com");
  await current.openCheckout(other, "1002");
  expect(await current.reconcile()).toMatchObject({ orders: 2, credited: 0, failed: 2 });
  expect(await current.balance(organizationId)).toBe(0n);
  const [event] = await current.eventsOf(order.orderId);
  expect(event).toMatchObject({ status: "failed", reason: expect.stringContaining("several organizations") });
  await current.replay({ eventId: event?.id ?? "", organizationId: other });
  expect(await current.balance(other)).toBe(fifty);
  expect(await current.reconcile()).toMatchObject({ credited: 0, failed: 1 });
});

test("an order whose webhook carried no custom data is not guessed at", async () => {
  const { organizationId, order } = await missedPurchase();
  expect(await current.deliver({ order })).toMatchObject({ status: "failed" });
  expect(await current.reconcile()).toMatchObject({ credited: 0, failed: 1 });
  expect(await current.balance(organizationId)).toBe(0n);
});

test("an order found after its refund is credited and refunded", async () => {
  const { organizationId, checkoutId, order } = await missedPurchase();
  change(order.orderId, { status: "refunded", refundedMinor: 4_750 });
  expect(await current.reconcile()).toMatchObject({ credited: 1, refunded: 1 });
  expect(await current.balance(organizationId)).toBe(0n);
  expect(await current.checkoutStatus(organizationId, checkoutId)).toMatchObject({ status: "refunded" });
});

test("a late refund of an order far down the list is found, once", async () => {
  const { organizationId, order } = await missedPurchase();
  await current.reconcile();
  change(order.orderId, { createdAt: longAgo, status: "partial_refund", refundedMinor: 950 });
  // Younger orders that keep the walk from reaching it.
  const strangers = Array.from({ length: 6 }, () =>
    newOrder({ createdAt: new Date(longAgo.getTime() + 60_000) }),
  );
  current.provider.state.orders.push(...strangers);
  expect(await current.reconcile()).toMatchObject({ credited: 0, refunded: 1 });
  expect(await current.balance(organizationId)).toBe(400_000n);
  expect(await current.reconcile()).toMatchObject({ refunded: 0 });
});

test("a parked refund is applied when reconciliation finds its order", async () => {
  const { organizationId, order } = await missedPurchase();
  const refunded = { ...order, status: "partial_refund", refundedMinor: 950 } as const;
  const custom = { organization_id: organizationId };
  expect(await current.deliver({ name: "order_refunded", order: refunded, custom })).toMatchObject({
    status: "parked",
  });
  expect(await current.reconcile()).toMatchObject({ credited: 1, refunded: 1 });
  expect(await current.balance(organizationId)).toBe(400_000n);
  const events = await current.eventsOf(order.orderId);
  expect(new Set(events.map(({ status }) => status))).toEqual(new Set(["processed"]));
});

test("orders of another store or mode, and from before our first checkout, are left alone", async () => {
  await missedPurchase();
  const { orders } = current.provider.state;
  orders.push(newOrder({ testMode: false }), newOrder({ storeId: "1" }));
  for (let n = 0; n < 9; n += 1) orders.push(newOrder({ createdAt: longAgo }));
  expect(await current.reconcile()).toMatchObject({ credited: 1, failed: 0 });
  expect((await current.store.listEvents({ limit: 100, offset: 0 })).total).toBe(1);
});

test("a process whose clock is days ahead hides no order from the runs after it", async () => {
  await missedPurchase();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * 24 * 3_600_000 });
  try {
    expect(await current.reconcile()).toMatchObject({ kind: "complete", credited: 1 });
  } finally {
    vi.useRealTimers();
  }
  await missedPurchase();
  expect(await current.reconcile()).toMatchObject({ kind: "complete", credited: 1 });
});

test("a walk noted as ending in the future does not keep the next from looking", async () => {
  await current.reconcile();
  await current.pool.query("update payment_reconciliation set walked_until = now() + interval '3 days'");
  await missedPurchase();
  expect(await current.reconcile()).toMatchObject({ kind: "complete", credited: 1 });
});

test("orders that arrive during the walk push none out of sight", async () => {
  const missed = await Promise.all(Array.from({ length: 7 }, () => missedPurchase()));
  current.provider.state.onPage = (page) => {
    if (page > 1) return;
    const createdAt = new Date(Date.now() + 1_000);
    current.provider.state.orders.push(newOrder({ createdAt }), newOrder({ createdAt }));
  };
  await current.reconcile();
  const balances = await Promise.all(missed.map((one) => current.balance(one.organizationId)));
  expect(new Set(balances)).toEqual(new Set([fifty]));
});

test("a provider that wants fewer calls is asked again; one that stays down ends the run, and the next makes it good", async () => {
  const { organizationId } = await missedPurchase();
  const { failures } = current.provider.state;
  failures.push({ kind: "provider_down", status: 429, reason: "too many requests" });
  expect(await current.reconcile()).toMatchObject({ kind: "complete", credited: 1 });
  const later = await missedPurchase();
  for (let n = 0; n < 2; n += 1) failures.push({ kind: "provider_down", status: 503, reason: "down" });
  expect(await current.reconcile()).toMatchObject({ kind: "provider_failed", reason: "down" });
  expect(await current.balance(later.organizationId)).toBe(0n);
  expect(await current.reconcile()).toMatchObject({ kind: "complete", credited: 1 });
  expect(await current.balance(organizationId)).toBe(fifty);
});

test("two processes never reconcile at once, and a dead one's lease runs out", async () => {
  await missedPurchase();
  const outcomes = await Promise.all([current.reconcile(), current.reconcile()]);
  expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["complete", "running_elsewhere"]);
  await current.store.takeLease({ storeId: STORE_ID, holder: "a process that died", durationMs: 300 });
  expect(await current.reconcile()).toEqual({ kind: "running_elsewhere" });
  expect(await current.reconcile({ waitMs: 10_000 })).toMatchObject({ kind: "complete" });
});

test("the schedule reconciles at once, again after each pause, and survives a failure", async () => {
  const outcomes: Reconciliation[] = [];
  let runs = 0;
  let enough: () => void = () => {};
  const thrice = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const reconcile: ReconcileOrders = async () => {
    runs += 1;
    if (runs === 1) throw new Error("the database is away");
    if (runs === 3) enough();
    const outcome = { kind: "running_elsewhere" } as const;
    outcomes.push(outcome);
    return outcome;
  };
  const warnings: unknown[] = [];
  const log = { info: () => {}, warn: (fact: unknown) => void warnings.push(fact) };
  const job = reconcileOnSchedule(reconcile, 5, log);
  await thrice;
  await job.stop();
  expect(warnings).toHaveLength(1);
  expect(outcomes.length).toBeGreaterThanOrEqual(2);
});
