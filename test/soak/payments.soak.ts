import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { stormOrders } from "../payments/order-storm.ts";

// SOAK_SEED repeats a run: the same purchases and struck webhooks, though not the same moments. SOAK_ORDERS shortens it.
const seed = Number(process.env.SOAK_SEED ?? randomInt(1_000_000));
const orders = Number(process.env.SOAK_ORDERS ?? 5_000);

test(`${orders} orders and their refunds equal the ledger after webhooks lost and five kills (SOAK_SEED=${seed})`, async () => {
  const figures = await stormOrders({ seed, orders, kills: 5 });
  console.log(JSON.stringify(figures));
  expect(figures).toMatchObject({ orders, kills: 5 });
});
