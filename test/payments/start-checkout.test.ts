import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProviderCheckoutRequest } from "../../src/application/payment-ports.ts";
import { createStartCheckout } from "../../src/application/start-checkout.ts";
import { demoPackages } from "../../src/domain/payments/packages.ts";
import { newId } from "../../src/storage/identity/new-id.ts";
import { openShop, type Shop } from "./shop.ts";

let shop: Shop;
let asked: { request: ProviderCheckoutRequest; recordsThen: number }[] = [];

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const records = async () =>
  (await shop.pool.query("select id, sealed_ip, provider_checkout_id from checkout")).rows;

function starter(hasProvider = true) {
  const provider: Parameters<typeof createStartCheckout>[0]["provider"] = {
    async createCheckout(request) {
      asked.push({ request, recordsThen: (await records()).length });
      return shop.provider.port.createCheckout(request);
    },
  };
  return createStartCheckout({
    store: shop.store,
    provider: hasProvider ? provider : null,
    packages: demoPackages,
    testMode: true,
    baseUrl: "http://airtime.test",
    seal: shop.vault.seal,
    newId,
  });
}

const request = {
  organizationId: "org_1",
  variantId: "1002",
  buyer: { id: "usr_1", name: "Ada", email: "ada@example.com" },
  ip: "203.0.113.9",
};

test.each(["provider_down", "provider_refused", "provider_garbled"] as const)(
  "%s leaves no record behind",
  async (kind) => {
    shop.provider.state.failures.push({ kind, status: 500, reason: "no" });
    expect(await starter()(request)).toEqual({ kind, reason: "no" });
    expect(await records()).toEqual([]);
  },
);

test("nothing is asked for a variant that is not sold, or where nothing is", async () => {
  asked = [];
  expect(await starter()({ ...request, variantId: "1" })).toEqual({ kind: "unknown_variant" });
  expect(await starter(false)(request)).toEqual({ kind: "unknown_variant" });
  expect(asked).toEqual([]);
});

test("the record comes before the provider's call, and names checkout, organization and buyer there", async () => {
  asked = [];
  const started = await starter()(request);
  if (started.kind !== "started") throw new Error(started.kind);
  expect(asked).toMatchObject([
    {
      recordsThen: 1,
      request: {
        redirectUrl: `http://airtime.test/billing?checkout=${started.id}`,
        buyer: { name: "Ada", email: "ada@example.com" },
        custom: { checkout_id: started.id, organization_id: "org_1", user_id: "usr_1" },
      },
    },
  ]);
  const [record] = await records();
  expect(record.provider_checkout_id).not.toBeNull();
  expect(record.sealed_ip).not.toContain("203.0.113.9");
  expect(await shop.vault.open("org_1", "transaction.ip", record.sealed_ip)).toBe("203.0.113.9");
});
