import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { demoPackages } from "../../src/domain/payments/packages.ts";
import { createRandom, type Random } from "../concurrency/random.ts";
import { type Client, organizationOf, signUp } from "../http/api-client.ts";
import { type OwnServer, startOwnServer } from "../setup/own-server.ts";
import { type ShopProcess, startShopProcess } from "./shop-process.ts";

export type StormFigures = {
  readonly seed: number;
  readonly orders: number;
  readonly refunds: number;
  readonly kills: number;
  /** Orders that a webhook told of, and those that reconciliation had to look at; some are both. */
  readonly seenByWebhook: number;
  readonly seenByReconciliation: number;
  readonly lateRefundsFound: number;
  readonly credits: number;
  readonly seconds: number;
};

/** Buyers order and get refunds while the service is killed and 30 % of the provider's webhooks are dropped, 30 %
 *  doubled, 30 % delayed and 30 % overtaken by later ones. After one reconciliation each order must be in the ledger with
 *  what it should have brought, to the last decimal; another one must find nothing.
 *  @param seed repeats the purchases, and which webhooks are struck, though not the moments. */
export async function stormOrders(storm: { seed: number; orders: number; kills: number }) {
  const server = await startOwnServer();
  const faults = createRandom(storm.seed + 1);
  const shop = await startShopProcess({
    connectionString: server.connectionString,
    random: () => faults.below(1_000_000) / 1_000_000,
  });
  try {
    return await runStorm(storm, server, shop);
  } finally {
    await shop.stop();
    await server.stop();
  }
}

async function runStorm(
  { seed, orders, kills }: { seed: number; orders: number; kills: number },
  server: OwnServer,
  shop: ShopProcess,
): Promise<StormFigures> {
  const startedAt = performance.now();
  const owners = await openOrganizations(shop, Math.max(5, Math.ceil(orders / ORDERS_PER_ORGANIZATION)));
  await shop.sandbox.post("/_control/faults", {
    ...{ drop_webhooks: true, duplicate: true, reorder: true, delay_ms: 500, webhook_fault_percent: 30 },
    retry_percent: 2,
  });
  const killer = createKiller(shop, { orders, kills });
  const placed = { orders: 0, refunds: 0, isLeft: () => placed.orders < orders, killer };
  const buyers = Array.from({ length: BUYERS }, (_, index) =>
    buy(shop, owners, createRandom(seed * 1_000 + index), placed),
  );
  await Promise.all(buyers);
  await killer.done();
  const first = await reconcileWhenFree(shop);
  expect(first).toMatchObject({ kind: "complete", failed: 0, parked: 0, unreadable: 0 });
  expect(await shop.reconcile()).toMatchObject({ kind: "complete", credited: 0, refunded: 0 });
  const credits = await expectBooksEqualOrders(server, shop);
  return {
    seed,
    ...{ orders: placed.orders, refunds: placed.refunds, kills: killer.count(), credits },
    ...(await countEvents(server)),
    lateRefundsFound: first.refunded,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
  };
}

/** The service's own reconciliation, begun when it was started last, may be under way for a while. */
async function reconcileWhenFree(shop: ShopProcess) {
  for (const until = performance.now() + RECONCILIATION_MS_MAX; ; ) {
    const outcome = await shop.reconcile();
    if (outcome.kind !== "running_elsewhere" || performance.now() > until) return outcome;
  }
}

const BUYERS = 8;
const RECONCILIATION_MS_MAX = 300_000;
const OUTAGE_MS_MAX = 120_000;
const ORDERS_PER_ORGANIZATION = 50;

async function openOrganizations(shop: ShopProcess, count: number): Promise<Client[]> {
  const owners: Client[] = [];
  for (let index = 0; index < count; index += 1) {
    const owner = await signUp(shop.service.url, `buyer${index}`);
    await organizationOf(owner, `Organization ${index}`);
    owners.push(owner);
  }
  return owners;
}

type Placed = {
  orders: number;
  refunds: number;
  readonly isLeft: () => boolean;
  readonly killer: ReturnType<typeof createKiller>;
};

/** Opens checkouts, pays each once or several times, and asks some of the money back, in one or several parts. */
async function buy(
  { sandbox }: ShopProcess,
  owners: readonly Client[],
  random: Random,
  placed: Placed,
): Promise<void> {
  while (placed.isLeft()) {
    const checkoutUrl = await openCheckout(random.pick(owners), random.pick(demoPackages).variantId);
    for (let left = 1 + random.below(4); left > 0 && placed.isLeft(); left -= 1) {
      placed.orders += 1;
      const { body } = await sandbox.post("/_control/pay", {
        checkout_url: checkoutUrl,
        quantity: 1 + random.below(3),
        discount_cents: random.below(2) * random.below(900),
        tax_cents: random.below(2) * random.below(2_000),
        currency: random.pick(["USD", "USD", "EUR", "GBP"]),
      });
      placed.killer.orderPlaced(placed.orders);
      if (random.below(100) < 40) placed.refunds += await refund(sandbox, body.data, random);
    }
  }
}

async function refund(
  sandbox: Client,
  order: { id: string; attributes: { total: number } },
  random: Random,
): Promise<number> {
  const path = `/v1/orders/${order.id}/refund`;
  const parts = random.below(4);
  for (let part = 0; part < parts; part += 1) {
    const amount = 1 + random.below(Math.max(1, Math.floor(order.attributes.total / 4)));
    const answer = await sandbox.post(path, { data: { attributes: { amount } } });
    if (answer.status !== 200) throw new Error(`a refund answered ${answer.status}: ${answer.text}`);
  }
  if (parts > 0 && random.below(2) === 0) return parts;
  await sandbox.post(path, {});
  return parts + 1;
}

/** As often as it takes: the service is killed now and then. One that does not come back ends the storm. */
async function openCheckout(owner: Client, variantId: string): Promise<string> {
  const key = { "idempotency-key": randomUUID() };
  for (const until = performance.now() + OUTAGE_MS_MAX; ; ) {
    const answer = await owner
      .post("/api/billing/checkout", { variant_id: variantId }, key)
      .catch(() => null);
    if (answer?.status === 200) return answer.body.checkout_url;
    if (performance.now() > until) throw new Error("the service did not come back");
    if (answer !== null && answer.status !== 503) throw new Error(`a checkout answered ${answer.text}`);
    await delay(50);
  }
}

/** Kills the service, without warning, each time another share of the orders is placed. */
function createKiller({ service }: ShopProcess, { orders, kills }: { orders: number; kills: number }) {
  let count = 0;
  let running: Promise<void> = Promise.resolve();
  return {
    orderPlaced(number: number) {
      if (count >= kills || number < ((count + 1) * orders) / (kills + 1)) return;
      count += 1;
      running = running.then(() => service.kill()).then(() => service.restart());
    },
    done: () => running,
    count: () => count,
  };
}

/** Compares every order of the provider with the ledger; the credits that they come to in all. */
async function expectBooksEqualOrders(server: OwnServer, shop: ShopProcess): Promise<number> {
  const wanted = new Map<string, number>();
  for (let page = 1, lastPage = 1; page <= lastPage; page += 1) {
    const { body } = await shop.sandbox.get(`/v1/orders?page[size]=100&page[number]=${page}`);
    lastPage = body.meta.page.lastPage;
    for (const order of body.data) wanted.set(order.id, creditsLeft(order.attributes));
  }
  const { rows } = await server.pool.query<{ order_id: string; left: bigint; purchases: bigint }>(
    `select metadata->>'order_id' as order_id, sum(amount)::bigint as left,
       count(*) filter (where kind = 'purchase') as purchases
     from transaction where kind in ('purchase', 'purchase_refund') group by 1`,
  );
  const booked = new Map(rows.map((row) => [row.order_id, Number(row.left)]));
  const wrong = [...wanted].filter(([id, left]) => booked.get(id) !== left);
  expect(wrong.map(([id, left]) => ({ id, left, booked: booked.get(id) }))).toEqual([]);
  expect(rows.filter((row) => row.purchases !== 1n)).toEqual([]);
  expect(booked.size).toBe(wanted.size);
  expect(await server.verify()).toMatchObject({ kind: "verified", problems: [] });
  const total = [...wanted.values()].reduce((sum, left) => sum + left, 0);
  const { rows: accounts } = await server.pool.query("select sum(balance)::bigint as balance from account");
  expect(Number(accounts[0].balance)).toBe(total);
  return total / 10_000;
}

/** Reckoned apart from the service: what the packages brought less the share that was paid back, half-up, in
 *  ten-thousandths. */
function creditsLeft(order: {
  total: number;
  refunded_amount: number;
  first_order_item: { variant_id: number; quantity: number };
}): number {
  const { variant_id: variantId, quantity } = order.first_order_item;
  const offer = demoPackages.find((one) => one.variantId === String(variantId));
  const bought = Number(offer?.credits) * quantity;
  return bought - Math.floor((bought * order.refunded_amount) / order.total + 0.5);
}

async function countEvents({ pool }: OwnServer) {
  const { rows } = await pool.query<{ event_name: string; status: string; orders: bigint }>(
    `select event_name, status, count(distinct order_id) as orders from lemon_squeezy_event
     where event_name <> 'order_refunded' group by 1, 2`,
  );
  // Nothing is left waiting, of orders and of refunds alike.
  const { rows: waiting } = await pool.query("select * from lemon_squeezy_event where status <> 'processed'");
  expect(waiting).toEqual([]);
  const ordersOf = (name: string) => Number(rows.find((row) => row.event_name === name)?.orders ?? 0n);
  return {
    seenByWebhook: ordersOf("order_created"),
    seenByReconciliation: ordersOf("order_reconciled"),
  };
}
