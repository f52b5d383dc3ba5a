import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createLemonSqueezyClient } from "./client.ts";

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A provider that answers call after call as told, the last answer for all that follow. */
async function startProvider(...answers: ((response: ServerResponse) => void)[]) {
  return startProviderWith({}, ...answers);
}

async function startProviderWith(
  bounds: { callTimeoutMs?: number },
  ...answers: ((response: ServerResponse) => void)[]
) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    answer?.(response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const client = createLemonSqueezyClient({
    apiUrl: `http://127.0.0.1:${address.port}/`,
    apiKey: "key_1",
    storeId: "1",
    timeoutMs: 500,
    retryDelaysMs: [1, 1],
    ...bounds,
  });
  return { client, seen };
}

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/vnd.api+json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}

const silence = () => {};
const checkoutId = "5e8b546c-c561-4a2c-a586-40c18bb2a195";
const checkoutAnswer = {
  data: {
    type: "checkouts",
    id: checkoutId,
    attributes: {
      url: `https://store.lemonsqueezy.com/checkout/custom/${checkoutId}?signature=x`,
      expires_at: "2026-05-04T11:00:00.000000Z",
    },
  },
};
const request = {
  variantId: "102",
  redirectUrl: "https://airtime.example/billing?checkout=chk_1",
  expiresAt: new Date("2026-05-04T11:00:00Z"),
  testMode: true,
  custom: { checkout_id: "chk_1", organization_id: "org_1", user_id: "usr_1" },
};

function orderWithId(id: string, attributes: Record<string, unknown> = {}) {
  return {
    type: "orders",
    id,
    attributes: {
      store_id: 1,
      order_number: 1001,
      status: "paid",
      currency: "USD",
      subtotal: 5000,
      total: 4500,
      refunded_amount: 0,
      first_order_item: { variant_id: 102, quantity: 1 },
      created_at: "2026-05-04T10:11:12.000000Z",
      updated_at: "2026-05-04T10:11:12.000000Z",
      test_mode: true,
      ...attributes,
    },
  };
}

test("createCheckout sends one variant, text custom values, expiry and redirect, and gives the address", async () => {
  const { client, seen } = await startProvider(answer(201, checkoutAnswer));
  expect(await client.createCheckout(request)).toEqual({
    kind: "ok",
    providerCheckoutId: checkoutId,
    url: checkoutAnswer.data.attributes.url,
    expiresAt: new Date("2026-05-04T11:00:00Z"),
  });
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    method: "POST",
    url: "/v1/checkouts",
    headers: {
      authorization: "Bearer key_1",
      accept: "application/vnd.api+json",
      "content-type": "application/vnd.api+json",
    },
  });
  expect(JSON.parse(seen[0]?.body ?? "")).toEqual({
    data: {
      type: "checkouts",
      attributes: {
        product_options: { redirect_url: request.redirectUrl, enabled_variants: [102] },
        checkout_options: { embed: true },
        checkout_data: { custom: request.custom },
        expires_at: "2026-05-04T11:00:00.000Z",
        test_mode: true,
      },
      relationships: {
        store: { data: { type: "stores", id: "1" } },
        variant: { data: { type: "variants", id: "102" } },
      },
    },
  });
});

test("getOrder gives the order", async () => {
  const { client, seen } = await startProvider(answer(200, { data: orderWithId("7") }));
  expect(await client.getOrder("7")).toMatchObject({
    kind: "ok",
    order: { orderId: "7", storeId: "1", variantId: "102", totalMinor: 4500 },
  });
  expect(seen[0]?.url).toBe("/v1/orders/7");
});

test("an order id that is a path stays one segment", async () => {
  const { client, seen } = await startProvider(answer(404, { errors: [{ title: "Not Found" }] }));
  await client.getOrder("../stores");
  expect(seen[0]?.url).toBe("/v1/orders/..%2Fstores");
});

test("listOrders asks for the store's page and one broken order does not hide the others", async () => {
  const page = { currentPage: 2, from: 101, lastPage: 3, perPage: 100, to: 200, total: 203 };
  const data = [orderWithId("9"), orderWithId("8", { total: "free" }), orderWithId("7")];
  const { client, seen } = await startProvider(answer(200, { meta: { page }, data }));
  const answered = await client.listOrders(2);
  expect(answered).toMatchObject({ kind: "ok", page: 2, lastPage: 3, total: 203 });
  expect(answered).toHaveProperty("orders.0.orderId", "9");
  expect(answered).toHaveProperty("orders.1.orderId", "7");
  expect(answered).toHaveProperty("unreadable", [
    { orderId: "8", reason: expect.stringContaining("attributes.total") },
  ]);
  const query = new URL(seen[0]?.url ?? "", "http://x").searchParams;
  expect(Object.fromEntries(query)).toEqual({
    "filter[store_id]": "1",
    "page[number]": "2",
    "page[size]": "100",
  });
});

test.each([
  ["a 500", answer(500, "<html>oops</html>")],
  ["a 503", answer(503, { errors: [{ detail: "later" }] })],
  ["a 429", answer(429, { errors: [{ detail: "slow down" }] })],
  ["a cut connection", (response: ServerResponse) => response.destroy()],
])("%s is tried again and the next success counts", async (_name, failure) => {
  const { client, seen } = await startProvider(failure, answer(200, { data: orderWithId("7") }));
  expect(await client.getOrder("7")).toMatchObject({ kind: "ok" });
  expect(seen).toHaveLength(2);
});

test("a provider that keeps failing is down after three tries", async () => {
  const { client, seen } = await startProvider(answer(503, { errors: [{ detail: "maintenance" }] }));
  expect(await client.createCheckout(request)).toEqual({
    kind: "provider_down",
    status: 503,
    reason: "maintenance",
  });
  expect(seen).toHaveLength(3);
});

test("a provider that never answers is down once each try has timed out", async () => {
  const { client, seen } = await startProvider(silence);
  expect(await client.getOrder("7")).toEqual({ kind: "provider_down", status: null, reason: "timed out" });
  expect(seen).toHaveLength(3);
});

test("a call with its tries ends within its own bound", async () => {
  const { client, seen } = await startProviderWith({ callTimeoutMs: 700 }, silence);
  expect(await client.getOrder("7")).toMatchObject({ kind: "provider_down", reason: "timed out" });
  expect(seen).toHaveLength(2);
});

test("an answer that stops half way is down, not waited for", async () => {
  const { client } = await startProvider((response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"data":');
  });
  expect(await client.getOrder("7")).toMatchObject({ kind: "provider_down", reason: "timed out" });
});

test("a closed port is down", async () => {
  const client = createLemonSqueezyClient({
    apiUrl: "http://127.0.0.1:1",
    apiKey: "k",
    storeId: "1",
    timeoutMs: 500,
    retryDelaysMs: [1],
  });
  expect(await client.getOrder("7")).toMatchObject({ kind: "provider_down", status: null });
});

test("a provider that asks for more patience than a buyer has is not waited for", async () => {
  const { client, seen } = await startProvider(answer(429, {}, { "retry-after": "60" }));
  expect(await client.getOrder("7")).toMatchObject({ kind: "provider_down", status: 429 });
  expect(seen).toHaveLength(1);
});

test.each([401, 403, 404, 422])(
  "a %i is a refusal with its reason and is not tried again",
  async (status) => {
    const errors = [{ detail: "The first reason." }, { title: "Second" }];
    const { client, seen } = await startProvider(answer(status, { errors }));
    expect(await client.createCheckout(request)).toEqual({
      kind: "provider_refused",
      status,
      reason: "The first reason.; Second",
    });
    expect(seen).toHaveLength(1);
  },
);

test.each([
  ["HTML", answer(200, "<html></html>")],
  ["an empty body", answer(200, "")],
  ["another document", answer(200, { data: { type: "orders", id: "x" } })],
  ["a checkout address that is a script", answer(201, withUrl("javascript:alert(1)"))],
  ["a redirect", answer(302, "", { location: "http://127.0.0.1:1/" })],
])("success with %s is garbled", async (_name, garbage) => {
  const { client, seen } = await startProvider(garbage);
  expect(await client.createCheckout(request)).toMatchObject({ kind: "provider_garbled" });
  expect(seen).toHaveLength(1);
});

function withUrl(url: string) {
  return { data: { ...checkoutAnswer.data, attributes: { url, expires_at: null } } };
}
