import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, clientOf } from "../http/api-client.ts";
import { startTestService, type TestService } from "../setup/service.ts";

let service: TestService;
let owner: Client;
let sandbox: Client;

beforeAll(async () => {
  service = await startTestService({ AIRTIME_RECONCILE_SECONDS: "86400" });
  owner = await service.signIn("owner");
  sandbox = clientOf(service.demo.sandbox_url, { authorization: "Bearer any" });
});
afterAll(() => service?.stop());

const setFaults = (faults: object) => sandbox.post("/_control/faults", faults);
const receiptOf = (id: string, client = owner) => client.get(`/api/billing/transactions/${id}/receipt`);

/** A purchase whose receipt link is good for so long; the ids of its transaction and order. */
async function purchase(receiptSeconds: number) {
  await setFaults({ receipt_seconds: receiptSeconds });
  const { body: checkout } = await owner.post("/api/billing/checkout", { variant_id: "1001" });
  const { body: paid } = await sandbox.post("/_control/pay", { checkout_url: checkout.checkout_url });
  await setFaults({ receipt_seconds: 86_400 });
  const path = `/api/billing/checkouts/${checkout.checkout_id}`;
  await expect.poll(async () => (await owner.get(path)).body.status).toBe("paid");
  const { body } = await owner.get(path);
  return { transactionId: body.transaction_id, orderId: paid.data.id };
}

test("the link kept with a purchase is given while it is good, without asking the provider", async () => {
  const { transactionId } = await purchase(86_400);
  const { body } = await owner.get(`/api/billing/transactions/${transactionId}`);
  await setFaults({ fail_api: true });
  const answer = await receiptOf(transactionId);
  await setFaults({ fail_api: false });
  expect(answer).toMatchObject({ status: 200, body: { receipt_url: body.data.metadata.receipt_url } });
  expect(Date.parse(answer.body.expires_at)).toBeGreaterThan(Date.now());
  expect((await fetch(answer.body.receipt_url)).status).toBe(200);
});

test("a link that is over is fetched anew, for every role, and for the refund too", async () => {
  const { transactionId, orderId } = await purchase(0);
  const { body } = await owner.get(`/api/billing/transactions/${transactionId}`);
  await expect.poll(async () => (await fetch(body.data.metadata.receipt_url)).status).toBe(410);
  const fresh = await receiptOf(transactionId, await service.signIn("member"));
  expect(fresh.status).toBe(200);
  expect((await fetch(fresh.body.receipt_url)).status).toBe(200);
  await sandbox.post(`/v1/orders/${orderId}/refund`, {});
  const newest = async () => (await owner.get("/api/billing/history?limit=1")).body.data[0];
  await expect.poll(async () => (await newest()).metadata.order_id).toBe(orderId);
  await expect.poll(async () => (await newest()).kind).toBe("purchase_refund");
  expect((await receiptOf((await newest()).id)).status).toBe(200);
});

test("a provider in trouble is told as such, and the next try works", async () => {
  const { transactionId } = await purchase(0);
  await setFaults({ fail_api: true });
  const down = await receiptOf(transactionId);
  expect(down).toMatchObject({ status: 503, body: { code: "unavailable" } });
  expect(Number(down.headers.get("retry-after"))).toBeGreaterThan(0);
  await setFaults({ fail_api: false, api_garbage: true });
  expect(await receiptOf(transactionId)).toMatchObject({
    status: 502,
    body: { code: "payment_provider_error" },
  });
  await setFaults({ api_garbage: false });
  expect((await receiptOf(transactionId)).status).toBe(200);
});

test("what is no purchase, unknown or another organization's has no receipt", async () => {
  const { transactionId } = await purchase(86_400);
  const { body } = await owner.get("/api/billing/history?limit=1&type=consumption");
  // An order of the demo's made-up past, which the provider never had.
  const { body: topups } = await owner.get("/api/billing/history?limit=1000&type=topup");
  const invented = topups.data.find(({ metadata }: { metadata: { order_id?: string } }) =>
    metadata.order_id?.startsWith("demo-"),
  );
  for (const id of [body.data[0].id, invented.id, "txn_none"]) {
    expect(await receiptOf(id)).toMatchObject({ status: 404, body: { code: "not_found" } });
  }
  const stranger = await service.organization(0);
  expect((await receiptOf(transactionId, stranger.owner)).status).toBe(404);
});
