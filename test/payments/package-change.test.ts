import { afterAll, beforeAll, expect, test } from "vitest";
import { demoPackages } from "../../src/domain/payments/packages.ts";
import { type Client, organizationOf, signUp } from "../http/api-client.ts";
import { amount } from "../setup/ledger.ts";
import { type OwnServer, startOwnServer } from "../setup/own-server.ts";
import { packagesVariable, type ShopProcess, startShopProcess } from "./shop-process.ts";

let server: OwnServer;
let shop: ShopProcess;
let owner: Client;

beforeAll(async () => {
  server = await startOwnServer();
  shop = await startShopProcess({ connectionString: server.connectionString });
  owner = await signUp(shop.service.url, "ada");
  await organizationOf(owner);
});
afterAll(async () => {
  await shop?.stop();
  await server?.stop();
});

const checkout = async (variantId: string): Promise<string> =>
  (await owner.post("/api/billing/checkout", { variant_id: variantId })).body.checkout_url;
const pay = (checkoutUrl: string) => shop.sandbox.post("/_control/pay", { checkout_url: checkoutUrl });
const balance = async () => (await owner.get("/api/billing/summary")).body.balance;

test("an order and a checkout from before a change of packages bring what they said, whichever door they come by", async () => {
  const [ordered, opened] = [await checkout("1001"), await checkout("1002")];
  await shop.sandbox.post("/_control/faults", { drop_webhooks: true });
  await pay(ordered);
  await shop.sandbox.post("/_control/faults", { drop_webhooks: false });
  // 10 credits for 1001 become 1, and 1002 is no longer sold.
  const changed = demoPackages.flatMap((offer) =>
    offer.variantId === "1001" ? [{ ...offer, credits: amount("1") }] : [],
  );
  await shop.service.restart({ AIRTIME_PACKAGES: packagesVariable(changed) });
  // Reconciliation at the start found the order, whose webhook was lost.
  await expect.poll(balance).toBe(10);
  await pay(opened);
  await expect.poll(balance).toBe(60);
  await pay(await checkout("1001"));
  await expect.poll(balance).toBe(61);
  expect(await owner.post("/api/billing/checkout", { variant_id: "1002" })).toMatchObject({
    status: 422,
    body: { code: "unknown_variant" },
  });
});

test("airtime reconcile finds an order without a webhook, and the second time nothing", async () => {
  const before = await balance();
  await shop.sandbox.post("/_control/faults", { drop_webhooks: true });
  await pay(await checkout("1001"));
  await shop.sandbox.post("/_control/faults", { drop_webhooks: false });
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  expect(await shop.reconcile("--since", yesterday)).toMatchObject({ kind: "complete", credited: 1 });
  // What the service sells counts, not what the command is configured with.
  expect(await balance()).toBe(before + 1);
  expect(await shop.reconcile()).toMatchObject({ kind: "complete", credited: 0, refunded: 0 });
  expect(await balance()).toBe(before + 1);
  await expect(shop.reconcile("--since", "yesterday")).rejects.toMatchObject({ code: 2 });
});
