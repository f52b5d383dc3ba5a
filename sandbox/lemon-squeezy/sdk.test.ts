import {
  createCheckout,
  getCheckout,
  getOrder,
  issueOrderRefund,
  lemonSqueezySetup,
  listOrders,
  listVariants,
} from "@lemonsqueezy/lemonsqueezy.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Fixture, openCheckout, pay, startFixture, untilReceived } from "./sandbox-fixture.ts";

// The provider's own SDK is the judge of whether the sandbox speaks as the provider does. It knows one address only, so
// its calls are sent elsewhere on their way out.

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (input: string | URL, init?: RequestInit) => {
    const url = String(input);
    return fetch(url.replace("https://api.lemonsqueezy.com", fixture.url()), init);
  });
  lemonSqueezySetup({ apiKey: "key" });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await fixture.stop();
});

test("its checkout is made, read again and paid", async () => {
  const made = await createCheckout("1", "102", {
    checkoutData: { email: "ada@example.com", custom: { organization_id: "org_1" } },
    productOptions: { redirectUrl: "http://localhost/billing", enabledVariants: [102] },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  });
  expect(made).toMatchObject({ statusCode: 201, error: null });
  const { attributes, id = "" } = made.data?.data ?? {};
  expect(attributes).toMatchObject({ store_id: 1, variant_id: 102 });
  expect((await getCheckout(id)).data?.data.attributes.url).toBe(attributes?.url);
  const order = await pay(fixture, attributes?.url ?? "");
  expect(order.attributes.user_email).toBe("ada@example.com");
});

test("its orders are read alone and in pages", async () => {
  const url = await openCheckout(fixture);
  const first = await pay(fixture, url);
  await pay(fixture, url);
  const one = await getOrder(first.id);
  expect(one).toMatchObject({ statusCode: 200, error: null, data: { data: { id: first.id } } });
  expect(one.data?.data.attributes).toMatchObject({ status: "paid", total: 4_500, order_number: 1_001 });
  const page = await listOrders({ filter: { storeId: "1" }, page: { number: 2, size: 1 } });
  expect(page.data?.meta.page).toMatchObject({ currentPage: 2, lastPage: 2, total: 2 });
  expect(page.data?.data.map(({ id }) => id)).toEqual([first.id]);
  expect((await listVariants()).data?.data).toHaveLength(2);
});

test("its refund gives back a part, and the webhook follows", async () => {
  const order = await pay(fixture, await openCheckout(fixture));
  const refunded = await issueOrderRefund(order.id, 1_000);
  expect(refunded).toMatchObject({ statusCode: 200, error: null });
  expect(refunded.data?.data.attributes).toMatchObject({ refunded_amount: 1_000, refunded: false });
  const [, second] = await untilReceived(fixture, 2);
  expect(second?.headers["x-event-name"]).toBe("order_refunded");
});

test("it reads the refusals", async () => {
  const unknown = await getOrder("999");
  expect(unknown).toMatchObject({ statusCode: 404 });
  expect(unknown.error?.cause).toMatchObject([{ status: "404", title: "Not Found" }]);
  const refused = await createCheckout("1", "999", {});
  expect(refused).toMatchObject({ statusCode: 422 });
});
