import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Client, clientOf } from "../http/api-client.ts";
import { type DatabaseGate, openGate } from "../http/database-gate.ts";
import { createTestDatabase } from "../setup/database.ts";
import { startTestService, type TestService } from "../setup/service.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let gate: DatabaseGate;
let service: TestService;
let owner: Client;
let sandbox: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  gate = await openGate(database.connectionString);
  // Reconciliation keeps out of it: what is credited here came by webhook.
  service = await startTestService({
    DATABASE_URL: gate.connectionString,
    AIRTIME_RECONCILE_SECONDS: "86400",
  });
  owner = await service.signIn("owner");
  sandbox = clientOf(service.demo.sandbox_url, { authorization: "Bearer any" });
});
afterEach(() =>
  setFaults({
    fail_api: false,
    api_status: 0,
    api_retry_after_seconds: 0,
    api_delay_ms: 0,
    api_garbage: false,
  }),
);
afterAll(async () => {
  await service?.stop();
  await gate?.stop();
  await database?.drop();
});

const setFaults = (faults: object) => sandbox.post("/_control/faults", faults);
const buy = (headers: Record<string, string> = {}) =>
  owner.post("/api/billing/checkout", { variant_id: "1001" }, headers);
const statusOf = async (id: string) => (await owner.get(`/api/billing/checkouts/${id}`)).body.status;
const deliveries = async (orderId: string) =>
  (await sandbox.get("/_control/deliveries")).body.data.filter(
    (attempt: { order_id: string }) => attempt.order_id === orderId,
  );

type Row = {
  readonly what: string;
  readonly faults: object;
  readonly status: 502 | 503;
  readonly code: "payment_provider_error" | "unavailable";
};
const rows: readonly Row[] = [
  { what: "is down", faults: { fail_api: true }, status: 503, code: "unavailable" },
  { what: "answers 500", faults: { api_status: 500 }, status: 503, code: "unavailable" },
  { what: "takes too many calls", faults: { api_status: 429 }, status: 503, code: "unavailable" },
  {
    what: "takes too many calls for a minute",
    faults: { api_status: 429, api_retry_after_seconds: 60 },
    status: 503,
    code: "unavailable",
  },
  { what: "is slow beyond patience", faults: { api_delay_ms: 30_000 }, status: 503, code: "unavailable" },
  { what: "refuses", faults: { api_status: 422 }, status: 502, code: "payment_provider_error" },
  { what: "does not know our key", faults: { api_status: 401 }, status: 502, code: "payment_provider_error" },
  { what: "talks garbage", faults: { api_garbage: true }, status: 502, code: "payment_provider_error" },
];

test.each(rows)(
  "a provider that $what is $status $code, leaves nothing behind, and the retry buys once",
  async ({ faults, status, code }) => {
    const keptBefore = await checkoutsKept();
    const key = { "idempotency-key": randomUUID() };
    await setFaults(faults);
    const failed = await buy(key);
    expect(failed).toMatchObject({ status, body: { success: false, code } });
    // A retry helps where the provider may come back, and nowhere else.
    expect(failed.headers.has("retry-after")).toBe(status === 503);
    expect(await checkoutsKept()).toBe(keptBefore);

    await setFaults({ fail_api: false, api_status: 0, api_delay_ms: 0, api_garbage: false });
    const again = await buy(key);
    expect(again).toMatchObject({ status: 200, body: { success: true } });
    expect((await buy(key)).text).toBe(again.text);
    expect((await buy({ "idempotency-key": randomUUID() })).status).toBe(200);
    expect(await checkoutsKept()).toBe(keptBefore + 2);
  },
);

test("while the database is away buying and webhooks are 503, and the provider's retry brings the credits", async () => {
  const { body: checkout } = await buy();
  await setFaults({ retry_percent: 5 });
  gate.shut();
  try {
    const refused = await buy();
    expect(refused).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    const { body: paid } = await sandbox.post("/_control/pay", { checkout_url: checkout.checkout_url });
    await expect.poll(async () => (await deliveries(paid.data.id))[0]?.status).toBe(503);
    gate.open();
    await expect.poll(async () => (await deliveries(paid.data.id)).at(-1)?.status).toBe(200);
  } finally {
    gate.open();
    await setFaults({ retry_percent: 100 });
  }
  expect(await statusOf(checkout.checkout_id)).toBe("paid");
});

/** How many records of checkouts there are. */
async function checkoutsKept(): Promise<number> {
  const client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
  try {
    const { rows: found } = await client.query("select count(*) as count from checkout");
    return Number(found[0].count);
  } finally {
    await client.end();
  }
}
