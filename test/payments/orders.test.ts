import { afterAll, beforeAll, expect, test } from "vitest";
import type { Credits } from "../../src/domain/money/credits.ts";
import { type CreditPackage, demoPackages } from "../../src/domain/payments/packages.ts";
import { amount } from "../setup/ledger.ts";
import { fifty, newOrder, openShop, type Shop, STORE_ID } from "./shop.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

/** An organization with a checkout, and what that puts on an order. */
async function buyer(openedAt?: Date) {
  const organizationId = await shop.newOrganization();
  const checkoutId = await shop.openCheckout(organizationId, "1002", openedAt);
  return { organizationId, checkoutId, custom: { organization_id: organizationId, checkout_id: checkoutId } };
}

const offer = (variantId: string, brings: Credits): CreditPackage => ({
  variantId,
  name: "New",
  credits: brings,
  priceCents: 4_000,
  currency: "USD",
});

const transactionsOf = async (organizationId: string) =>
  (
    await shop.pool.query(
      "select kind, amount, description, actor, sealed_ip, metadata from transaction where org_id = $1 order by seq",
      [organizationId],
    )
  ).rows;

test("50 equal deliveries at once credit once, on one row of the inbox", async () => {
  const { organizationId, checkoutId, custom } = await buyer();
  const order = newOrder();
  const verdicts = await Promise.all(Array.from({ length: 50 }, () => shop.deliver({ order, custom })));
  expect(new Set(verdicts.map(({ status }) => status))).toEqual(new Set(["processed"]));
  expect(await shop.balance(organizationId)).toBe(fifty);
  expect(await shop.eventsOf(order.orderId)).toMatchObject([{ status: "processed", deliveries: 50 }]);
  expect(await transactionsOf(organizationId)).toMatchObject([
    {
      kind: "purchase",
      description: `Credit top-up via Lemon Squeezy - $50.00 - #${order.orderNumber}`,
      actor: { type: "user", name: "Ada" },
      sealed_ip: "sealed",
      metadata: { checkout_id: checkoutId, order_id: order.orderId },
    },
  ]);
  expect(await shop.checkoutStatus(organizationId, checkoutId)).toMatchObject({ status: "paid" });
});

test("one order that names two organizations at once is one organization's", async () => {
  const [first, second] = [await buyer(), await buyer()];
  const order = newOrder();
  await Promise.all([
    shop.deliver({ order, custom: first.custom }),
    shop.deliver({ order, custom: second.custom }),
  ]);
  const balances = await Promise.all([first, second].map((one) => shop.balance(one.organizationId)));
  expect(balances.reduce<bigint>((sum, one) => sum + one, 0n)).toBe(fifty);
});

test("one checkout may bring several orders, and is refunded when all of them are", async () => {
  const { organizationId, checkoutId, custom } = await buyer();
  const [first, second] = [newOrder(), newOrder()];
  await shop.deliver({ order: first, custom });
  await shop.deliver({ order: second, custom });
  expect(await shop.balance(organizationId)).toBe(fifty * 2n);
  const refunded = { status: "refunded", refundedMinor: 4_750 } as const;
  await shop.deliver({ name: "order_refunded", order: { ...first, ...refunded }, custom });
  expect(await shop.checkoutStatus(organizationId, checkoutId)).toMatchObject({ status: "paid" });
  await shop.deliver({ name: "order_refunded", order: { ...second, ...refunded }, custom });
  expect(await shop.checkoutStatus(organizationId, checkoutId)).toMatchObject({ status: "refunded" });
  expect(await shop.balance(organizationId)).toBe(0n);
});

test("a refund before its order is parked, and processed when the order comes", async () => {
  const { organizationId, custom } = await buyer();
  const order = newOrder();
  const refunded = { ...order, status: "partial_refund", refundedMinor: 950 } as const;
  expect(await shop.deliver({ name: "order_refunded", order: refunded, custom })).toMatchObject({
    status: "parked",
  });
  expect(await shop.balance(organizationId)).toBe(0n);
  await shop.deliver({ order, custom });
  expect(await shop.balance(organizationId)).toBe(400_000n);
  const events = await shop.eventsOf(order.orderId);
  expect(events.map(({ status, reason }) => [status, reason])).toEqual([
    ["processed", null],
    ["processed", null],
  ]);
  expect((await transactionsOf(organizationId))[1]).toMatchObject({
    kind: "purchase_refund",
    description: `Refund via Lemon Squeezy - $10.00 - #${order.orderNumber}`,
    actor: { type: "system", id: "lemon_squeezy" },
  });
});

test("a refund and its order at the same moment leave neither behind", async () => {
  const buyers = await Promise.all(Array.from({ length: 20 }, buyer));
  const orders = buyers.map(() => newOrder());
  await Promise.all(
    buyers.flatMap(({ custom }, index) => {
      const order = orders[index] ?? newOrder();
      const refunded = { ...order, status: "refunded", refundedMinor: 4_750 } as const;
      return [
        shop.deliver({ name: "order_refunded", order: refunded, custom }),
        shop.deliver({ order, custom }),
      ];
    }),
  );
  const balances = await Promise.all(buyers.map((one) => shop.balance(one.organizationId)));
  expect(new Set(balances)).toEqual(new Set([0n]));
  const events = await Promise.all(orders.map((order) => shop.eventsOf(order.orderId)));
  expect(new Set(events.flat().map(({ status }) => status))).toEqual(new Set(["processed"]));
});

test("cumulative refunds out of order take back the largest once", async () => {
  const { organizationId, custom } = await buyer();
  const order = newOrder();
  await shop.deliver({ order, custom });
  for (const refundedMinor of [1_900, 950, 1_900, 2_850]) {
    const refunded = { ...order, status: "partial_refund", refundedMinor } as const;
    expect(await shop.deliver({ name: "order_refunded", order: refunded, custom })).toMatchObject({
      status: "processed",
    });
  }
  expect(await shop.balance(organizationId)).toBe(200_000n);
});

test("an order that is paid after it was pending is credited, and its parked event is processed", async () => {
  const { organizationId, custom } = await buyer();
  const order = newOrder();
  const pending = await shop.deliver({ order: { ...order, status: "pending" }, custom });
  expect(pending).toMatchObject({ status: "parked", reason: expect.stringContaining("pending") });
  await shop.deliver({ order, custom });
  expect(await shop.balance(organizationId)).toBe(fifty);
  const events = await shop.eventsOf(order.orderId);
  expect(events.map(({ status }) => status)).toEqual(["processed", "processed"]);
});

test("an order for an organization that does not exist fails with the reason", async () => {
  const verdict = await shop.deliver({ order: newOrder(), custom: { organization_id: "org_nowhere" } });
  expect(verdict).toMatchObject({ status: "failed", reason: expect.stringContaining("does not exist") });
});

test("an order without custom data fails until the operator assigns it", async () => {
  const organizationId = await shop.newOrganization();
  const order = newOrder();
  expect(await shop.deliver({ order })).toMatchObject({ status: "failed" });
  const [event] = await shop.eventsOf(order.orderId);
  const eventId = event?.id ?? "";
  expect(await shop.replay({ eventId, organizationId: null })).toMatchObject({ event: { status: "failed" } });
  expect(await shop.replay({ eventId, organizationId: "org_nowhere" })).toEqual({
    kind: "unknown_organization",
  });
  expect(await shop.replay({ eventId: "evt_none", organizationId })).toEqual({ kind: "event_not_found" });
  expect(await shop.replay({ eventId, organizationId })).toMatchObject({
    kind: "replayed",
    event: { status: "processed", reason: null, deliveries: 1 },
  });
  await shop.replay({ eventId, organizationId });
  expect(await shop.balance(organizationId)).toBe(fifty);
});

test("an order of an unknown variant is credited by a replay once the variant is on sale", async () => {
  const { organizationId, custom } = await buyer();
  const order = newOrder({ variantId: "4242" });
  expect(await shop.deliver({ order, custom })).toMatchObject({ status: "failed" });
  await shop.store.notePackages(STORE_ID, [offer("4242", fifty)]);
  const [event] = await shop.eventsOf(order.orderId);
  await shop.replay({ eventId: event?.id ?? "", organizationId: null });
  expect(await shop.balance(organizationId)).toBe(fifty);
});

test("an order brings what its variant was sold as when its checkout was opened, whatever is on sale since", async () => {
  await shop.store.notePackages(STORE_ID, [offer("5001", fifty)]);
  const { organizationId, custom } = await buyer(new Date());
  await shop.store.notePackages(STORE_ID, [offer("5001", amount("1"))]);
  await shop.deliver({ order: newOrder({ variantId: "5001" }), custom });
  expect(await shop.balance(organizationId)).toBe(fifty);
  // An order without a checkout of ours brings what is sold when it is ordered.
  await shop.deliver({
    order: newOrder({ variantId: "5001" }),
    custom: { organization_id: organizationId },
  });
  expect(await shop.balance(organizationId)).toBe(amount("51"));
});

test("a variant that is no longer sold still brings what it did", async () => {
  await shop.store.notePackages(STORE_ID, [offer("5002", fifty)]);
  await shop.store.notePackages(STORE_ID, [offer("5003", amount("1"))]);
  const { organizationId, custom } = await buyer();
  await shop.deliver({ order: newOrder({ variantId: "5002" }), custom });
  expect(await shop.balance(organizationId)).toBe(fifty);
});

test("a start with the same packages notes none of them again", async () => {
  const kept = async () => (await shop.pool.query("select * from sold_package")).rows;
  const before = await kept();
  await shop.store.notePackages(STORE_ID, demoPackages);
  expect(await kept()).toEqual(before);
});

test("the body is kept encrypted with the organization's key", async () => {
  const { organizationId, custom } = await buyer();
  const order = newOrder({ variantId: "77", userEmail: "secret@example.com" });
  await shop.deliver({ order, custom });
  const { rows } = await shop.pool.query("select * from lemon_squeezy_event where order_id = $1", [
    order.orderId,
  ]);
  expect(rows[0]).toMatchObject({ sealed_for: organizationId });
  expect(
    JSON.stringify(rows, (_key, value) => (typeof value === "bigint" ? String(value) : value)),
  ).not.toContain("secret@example.com");
  expect(await shop.vault.open(organizationId, "lemon_squeezy_event.body", rows[0].sealed_body)).toContain(
    "secret@example.com",
  );
});

test("an organization whose key was destroyed gets its credits, and no body of its events is kept", async () => {
  const { organizationId, custom } = await buyer();
  await shop.erase(organizationId);
  const order = newOrder();
  expect(await shop.deliver({ order, custom })).toMatchObject({ status: "processed" });
  const refunded = { ...order, status: "refunded", refundedMinor: 4_750 } as const;
  expect(await shop.deliver({ name: "order_refunded", order: refunded, custom })).toMatchObject({
    status: "processed",
  });
  const { rows } = await shop.pool.query(
    "select sealed_for, sealed_body from lemon_squeezy_event where order_id = $1",
    [order.orderId],
  );
  expect(rows).toEqual(Array(2).fill({ sealed_for: null, sealed_body: null }));
  expect((await transactionsOf(organizationId)).map(({ kind }) => kind)).toEqual([
    "purchase",
    "purchase_refund",
  ]);
});

test("an event whose contents were erased is replayed from the provider's order", async () => {
  const { organizationId, custom } = await buyer();
  const order = newOrder({ variantId: "4343" });
  expect(await shop.deliver({ order, custom })).toMatchObject({ status: "failed" });
  await shop.erase(organizationId);
  const [event] = await shop.eventsOf(order.orderId);
  const eventId = event?.id ?? "";
  const { state } = shop.provider;
  state.failures.push({ kind: "provider_down", status: 503, reason: "down" });
  expect(await shop.replay({ eventId, organizationId: null })).toMatchObject({ kind: "provider_down" });
  await shop.store.notePackages(STORE_ID, [offer("4343", fifty)]);
  state.orders.push(order);
  expect(await shop.replay({ eventId, organizationId: null })).toMatchObject({
    kind: "replayed",
    event: { status: "processed" },
  });
  expect(await shop.balance(organizationId)).toBe(fifty);
});

test("what buyers put into custom data themselves is recorded, not believed", async () => {
  const order = newOrder();
  const verdict = await shop.deliver({
    order,
    custom: { organization_id: "a\u0000b", checkout_id: "\ud800" },
  });
  expect(verdict).toMatchObject({ status: "failed" });
  expect(await shop.eventsOf(order.orderId)).toHaveLength(1);
});

test("the ledger proves itself after all of this", async () => {
  expect(await shop.verify()).toMatchObject({ kind: "verified", problems: [] });
});
