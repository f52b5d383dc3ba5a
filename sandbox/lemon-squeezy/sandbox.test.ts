import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { call, type Fixture, openCheckout, pay, startFixture } from "./sandbox-fixture.ts";

let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

function checkoutBody(changes: { attributes?: object; store?: string; variant?: string } = {}) {
  return {
    data: {
      type: "checkouts",
      attributes: { checkout_data: { custom: { organization_id: "org_1" } }, ...changes.attributes },
      relationships: {
        store: { data: { type: "stores", id: changes.store ?? "1" } },
        variant: { data: { type: "variants", id: changes.variant ?? "102" } },
      },
    },
  };
}

test("a checkout is created in the provider's shape and can be read again", async () => {
  const created = await call(`${fixture.url()}/v1/checkouts`, checkoutBody());
  expect(created.status).toBe(201);
  expect(created.headers.get("content-type")).toContain("application/vnd.api+json");
  expect(created.headers.get("x-ratelimit-limit")).toBe("10000");
  const { data } = created.body;
  expect(data).toMatchObject({
    type: "checkouts",
    attributes: { store_id: 1, variant_id: 102, custom_price: null, expires_at: null, test_mode: true },
  });
  expect(data.attributes.url).toMatch(/^http:.*\/checkout\/custom\/[0-9a-f-]{36}\?signature=[0-9a-f]{64}$/);
  expect((await call(`${fixture.url()}/v1/checkouts/${data.id}`)).body.data).toEqual(data);
});

test.each([
  [
    "a custom value that is a number",
    checkoutBody({ attributes: { checkout_data: { custom: { user_id: 5 } } } }),
    { detail: "The checkout_data.custom.user_id field must be a string." },
  ],
  [
    "an unknown variant",
    checkoutBody({ variant: "999" }),
    { source: { pointer: "/data/relationships/variant" } },
  ],
  ["another store", checkoutBody({ store: "2" }), { source: { pointer: "/data/relationships/store" } }],
  [
    "an expiry in the past",
    checkoutBody({ attributes: { expires_at: "2020-01-01T00:00:00Z" } }),
    { source: { pointer: "/data/attributes/expires_at" } },
  ],
  [
    "a redirect to a script",
    checkoutBody({ attributes: { product_options: { redirect_url: "javascript:alert(1)" } } }),
    { source: { pointer: "/data/attributes/product_options/redirect_url" } },
  ],
])("a checkout with %s is refused with 422 and where", async (_name, body, error) => {
  const refused = await call(`${fixture.url()}/v1/checkouts`, body);
  expect(refused.status).toBe(422);
  expect(refused.body.errors).toMatchObject([{ status: "422", title: "Unprocessable Entity", ...error }]);
});

test("without a key everything of the API is 401, and what does not exist is 404", async () => {
  expect((await call(`${fixture.url()}/v1/orders`, undefined, { authorization: "" })).status).toBe(401);
  expect((await call(`${fixture.url()}/v1/orders/1`)).status).toBe(404);
  expect((await call(`${fixture.url()}/v1/checkouts/none`)).status).toBe(404);
  expect((await call(`${fixture.url()}/v1/nothing`)).status).toBe(404);
});

test("a body that is not JSON is 400", async () => {
  const response = await fetch(`${fixture.url()}/v1/checkouts`, {
    method: "POST",
    headers: { authorization: "Bearer key", "content-type": "application/vnd.api+json" },
    body: "{",
  });
  expect(response.status).toBe(400);
});

test("an order has every field the provider sends", async () => {
  const order = await pay(fixture, await openCheckout(fixture), {
    quantity: 2,
    discount_cents: 1000,
    tax_cents: 1600,
    currency: "EUR",
  });
  expect(order.attributes).toMatchObject({
    currency: "EUR",
    currency_rate: "1.17319943",
    subtotal: 9000,
    subtotal_usd: 10559,
    subtotal_formatted: "€90.00",
    setup_fee: 0,
    discount_total: 1000,
    tax: 1600,
    tax_name: "VAT",
    tax_rate: "20.00",
    tax_inclusive: false,
    total: 9600,
    total_formatted: "€96.00",
    refunded_amount: 0,
    status: "paid",
    status_formatted: "Paid",
    refunded: false,
    refunded_at: null,
    first_order_item: { variant_id: 102, variant_name: "50 credits", price: 4500, quantity: 2 },
    urls: { receipt: expect.stringMatching(/expires=\d+&signature=/) },
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    test_mode: true,
  });
});

test("a buyer may pay for another variant than asked for, even an unknown one", async () => {
  const url = await openCheckout(fixture);
  const known = await pay(fixture, url, { variant_id: 101 });
  expect(known.attributes).toMatchObject({ subtotal: 1000, first_order_item: { variant_id: 101 } });
  const unknown = await pay(fixture, url, { variant_id: "999" });
  expect(unknown.attributes.first_order_item).toMatchObject({ variant_id: 999, price: 4500 });
});

test("a declined card, a tampered link and a discount above the price buy nothing", async () => {
  const url = await openCheckout(fixture);
  const control = `${fixture.url()}/_control/pay`;
  const declined = await call(control, { checkout_url: url, card: "4000 0000 0000 0002" });
  expect(declined.status).toBe(402);
  expect(declined.body.errors[0].detail).toBe("Your card was declined.");
  expect((await call(control, { checkout_url: `${url}0` })).status).toBe(403);
  expect((await call(control, { checkout_url: url, discount_cents: 4501 })).status).toBe(422);
  expect(await fixture.client().listOrders(1)).toMatchObject({ kind: "ok", total: 0 });
});

test("an expired checkout takes no payment", async () => {
  const url = await openCheckout(fixture);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  try {
    expect((await fetch(url)).status).toBe(410);
    expect((await call(`${fixture.url()}/_control/pay`, { checkout_url: url })).status).toBe(410);
  } finally {
    vi.useRealTimers();
  }
});

test("orders are listed newest first, ten a page, and filtered", async () => {
  const url = await openCheckout(fixture);
  const ids: string[] = [];
  for (let count = 0; count < 12; count += 1) ids.unshift((await pay(fixture, url)).id);
  const orders = `${fixture.url()}/v1/orders`;
  const first = (await call(orders)).body;
  expect(first.data.map((order: { id: string }) => order.id)).toEqual(ids.slice(0, 10));
  expect(first.meta.page).toEqual({ currentPage: 1, from: 1, lastPage: 2, perPage: 10, to: 10, total: 12 });
  const second = (await call(first.links.next)).body;
  expect(second.data.map((order: { id: string }) => order.id)).toEqual(ids.slice(10));
  expect(second.links).not.toHaveProperty("next");
  expect((await call(`${orders}?filter[store_id]=2`)).body.data).toEqual([]);
  expect((await call(`${orders}?filter[user_email]=nobody@example.com`)).body.data).toEqual([]);
  expect((await call(`${orders}?filter[order_number]=1001`)).body.data).toHaveLength(1);
  expect((await call(`${orders}?page[size]=101`)).status).toBe(400);
  expect(await fixture.client().listOrders(1)).toMatchObject({
    kind: "ok",
    lastPage: 1,
    total: 12,
    unreadable: [],
  });
});

test("with the API fault on, the API is 503 and the checkout page still works", async () => {
  const url = await openCheckout(fixture);
  await call(`${fixture.url()}/_control/faults`, { fail_api: true });
  expect((await call(`${fixture.url()}/v1/orders`)).status).toBe(503);
  expect(await fixture.client().getOrder("1")).toMatchObject({ kind: "provider_down", status: 503 });
  expect((await fetch(url)).status).toBe(200);
});

test("the checkout page shows the order, and a tampered link shows nothing", async () => {
  const url = await openCheckout(fixture);
  const page = await fetch(url);
  const text = await page.text();
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors http: https:");
  expect(text).toContain("50 credits");
  expect(text).toContain("$45.00");
  expect(text).not.toContain("10 credits");
  const tampered = await fetch(url.replace(/.$/, (last) => (last === "0" ? "1" : "0")));
  expect(tampered.status).toBe(403);
  expect(await tampered.text()).not.toContain("50 credits");
});

test("the page's payment buys only what the checkout offers", async () => {
  const url = new URL(await openCheckout(fixture));
  const payUrl = `${url.origin}${url.pathname}/pay${url.search}`;
  const buyer = { email: "ada@example.com", name: "Ada", country: "GB", card_number: "4242424242424242" };
  expect((await call(payUrl, { ...buyer, variant_id: "101" })).status).toBe(422);
  expect((await call(payUrl, { ...buyer, variant_id: "102", email: "ada" })).status).toBe(422);
  const paid = await call(payUrl, { ...buyer, variant_id: "102" });
  expect(paid.body.data.attributes).toMatchObject({ user_email: "ada@example.com", total: 4500 });
  const receipt = await fetch(paid.body.data.attributes.urls.receipt);
  expect(receipt.status).toBe(200);
  expect(await receipt.text()).toContain("ada@example.com");
  expect((await fetch(`${paid.body.data.attributes.urls.receipt}0`)).status).toBe(403);
});

test("a buyer's name is text on the receipt, whatever it holds", async () => {
  const url = new URL(await openCheckout(fixture));
  const buyer = {
    email: "a@example.com",
    name: "<img src=x>",
    country: "GB",
    card_number: null,
    variant_id: "102",
  };
  const paid = await call(`${url.origin}${url.pathname}/pay${url.search}`, buyer);
  const receipt = await (await fetch(paid.body.data.attributes.urls.receipt)).text();
  expect(receipt).toContain("&lt;img src=x&gt;");
});

test("the call after the limit of a minute is 429", async () => {
  const limited = await startFixture({ rateLimitPerMinute: 2 });
  const orders = `${limited.url()}/v1/orders`;
  const answers = [await call(orders), await call(orders), await call(orders)];
  await limited.stop();
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(answers.map(({ headers }) => headers.get("x-ratelimit-remaining"))).toEqual(["1", "0", "0"]);
});
