import { expect, test } from "vitest";
import { stormOrders } from "./order-storm.ts";

// The full size is a soak: test/soak/payments.soak.ts.
test("100 orders with refunds, lost and doubled webhooks and a kill end in the right books", async () => {
  const figures = await stormOrders({ seed: 4, orders: 100, kills: 1 });
  expect(figures).toMatchObject({ orders: 100, kills: 1 });
  expect(figures.refunds).toBeGreaterThan(10);
  expect(figures.seenByReconciliation).toBeGreaterThan(0);
});
