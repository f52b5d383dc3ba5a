import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { startTestService, type TestService } from "../setup/service.ts";

let service: TestService;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  service = await startTestService();
  pool = createPool(service);
});
afterAll(async () => {
  await pool?.end();
  await service?.stop();
});

const event = (id: string) => ({ event_id: id, agent_id: "a", architecture: "text", messages: 1 });
const events = Array.from({ length: 300 }, (_, number) => event(`e${number}`));

test("one key on a batch and on an event at once is one of the two, and holds up neither", async () => {
  const acme = await service.organization(10);
  for (let round = 0; round < 10; round += 1) {
    const key = { "idempotency-key": `key ${round}` };
    const [batch, single] = await Promise.all([
      acme.runtime.post("/api/billing/usage/batch", { events }, key),
      acme.runtime.post("/api/billing/usage", event(`single ${round}`), key),
    ]);
    const statuses = [batch.status, single.status];
    expect([
      [200, 409],
      [409, 201],
    ]).toContainEqual(statuses);
    const refused = batch.status === 409 ? batch : single;
    expect(refused.body.code).toBe("idempotency_key_reused");
  }
});

test("a key that a process died with is free for the same request, and for no other", async () => {
  const acme = await service.organization(10);
  const key = { "idempotency-key": "left behind" };
  const first = await acme.runtime.post("/api/billing/usage/batch", { events: [event("a")] }, key);
  // As it is left between the claim and the answer.
  await pool.query("update idempotency set status = 0, body = '' where org_id = $1", [acme.id]);
  const other = await acme.runtime.post("/api/billing/usage", event("b"), key);
  expect(other).toMatchObject({ status: 409, body: { code: "idempotency_key_reused" } });
  const again = await acme.runtime.post("/api/billing/usage/batch", { events: [event("a")] }, key);
  expect(again.body.results).toEqual([{ ...first.body.results[0], status: "duplicate" }]);
  const replayed = await acme.runtime.post("/api/billing/usage/batch", { events: [event("a")] }, key);
  expect(replayed.text).toBe(again.text);
  expect(replayed.headers.get("idempotent-replayed")).toBe("true");
});

test("a refusal leaves its key free for another request", async () => {
  const acme = await service.organization(0);
  const key = { "idempotency-key": "refused" };
  const refused = await acme.runtime.post(
    "/api/billing/usage/batch",
    { events: [{ ...event("a"), messages: 9_000 }] },
    key,
  );
  expect(refused.body.results).toMatchObject([{ status: "refused" }]);
  const other = await acme.runtime.post("/api/billing/usage/batch", { events: [event("b")] }, key);
  expect(other.body.results).toMatchObject([{ status: "charged" }]);
});
