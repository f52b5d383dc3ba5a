import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestService } from "../setup/service.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service?.stop());

const event = (event_id: string, units: number) => ({ event_id, agent_id: "a", architecture: "api", units });
const grant = (organization_id: string, credit_id: string, amount: number, more: object = {}) =>
  service.operator.post("/api/billing/credits", {
    ...{ organization_id, credit_id, amount, kind: "manual_grant", reason: "test" },
    ...more,
  });

test("a finished event is charged once, in full or not at all", async () => {
  const acme = await service.organization(1);
  const charged = await acme.runtime.post("/api/billing/usage", event("e1", 150));
  expect(charged).toMatchObject({ status: 201, body: { transaction: { amount: -1.5, kind: "api" } } });
  expect(await acme.runtime.post("/api/billing/usage", event("e1", 150))).toMatchObject({
    status: 200,
    text: charged.text,
  });
  const other = await acme.runtime.post("/api/billing/usage", event("e1", 151));
  expect(other).toMatchObject({ status: 409, body: { code: "event_conflict" } });
  const tooMuch = await acme.runtime.post("/api/billing/usage", event("e2", 451));
  expect(tooMuch).toMatchObject({ status: 402, body: { code: "insufficient_credits" } });
  expect(
    (await acme.runtime.post("/api/billing/usage", event("e3", 450))).body.transaction.balance_after,
  ).toBe(-5);
  const unmeasured = { event_id: "e4", agent_id: "a", architecture: "pipeline", units: 3 };
  expect(await acme.runtime.post("/api/billing/usage", unmeasured)).toMatchObject({
    status: 422,
    body: { errors: [{ path: "duration_seconds" }] },
  });
});

test("an event of the future is invalid, but for clocks that differ", async () => {
  const acme = await service.organization(10);
  const HOUR = 3_600_000;
  const send = (event_id: string, aheadMs: number) =>
    acme.runtime.post("/api/billing/usage", {
      ...event(event_id, 1),
      occurred_at: new Date(Date.now() + aheadMs).toISOString(),
    });
  expect(await send("f1", 25 * HOUR)).toMatchObject({
    status: 422,
    body: { code: "invalid", errors: [{ path: "occurred_at", message: "Lies in the future" }] },
  });
  expect((await send("f2", 23 * HOUR)).status).toBe(201);
});

test("in a batch each event has its own result, and one that only lacked credits is tried again under the same key", async () => {
  const acme = await service.organization(1);
  const events = [event("b1", 10), event("b1", 10), event("b1", 11), event("b2", 10_000), event("b3", 1)];
  const send = () =>
    acme.runtime.post("/api/billing/usage/batch", { events }, { "idempotency-key": "batch" });
  const statuses = async () => (await send()).body.results.map(({ status }: { status: string }) => status);
  expect(await statuses()).toEqual(["charged", "duplicate", "conflict", "refused", "charged"]);
  await grant(acme.id, "more", 200);
  expect(await statuses()).toEqual(["duplicate", "duplicate", "conflict", "charged", "duplicate"]);
  expect((await send()).headers.get("idempotent-replayed")).toBe("true");
});

test("credits are given once by their id, and a usage refund gives back no more than was charged", async () => {
  const acme = await service.organization(10);
  const first = await grant(acme.id, "c1", 2.5);
  expect(first).toMatchObject({
    status: 201,
    body: { transaction: { type: "topup", kind: "manual_grant" } },
  });
  expect(await grant(acme.id, "c1", 2.5)).toMatchObject({ status: 200, text: first.text });
  const ofTopUp = {
    organization_id: acme.id,
    credit_id: "r0",
    kind: "usage_refund",
    amount: 1,
    reason: "test",
    transaction_id: first.body.transaction.id,
  };
  expect(await service.operator.post("/api/billing/credits", ofTopUp)).toMatchObject({
    status: 422,
    body: {
      code: "unknown_transaction",
      detail: expect.stringContaining("charged no usage"),
    },
  });
  expect(await grant(acme.id, "c1", 3)).toMatchObject({ status: 409, body: { code: "credit_conflict" } });
  expect((await grant(acme.id, "c2", -1)).status).toBe(422);
  expect((await grant(acme.id, "c3", 1.00001)).status).toBe(422);
  expect((await grant(acme.id, "c4", -20, { kind: "adjustment" })).body.transaction.balance_after).toBe(-7.5);
  expect((await grant("org_nope", "c5", 1)).status).toBe(404);
  expect((await acme.owner.post("/api/billing/credits", { organization_id: acme.id })).status).toBe(403);

  const rich = await service.organization(10);
  const { body } = await rich.runtime.post("/api/billing/usage", event("e", 100));
  const refund = (id: string, amount: number) =>
    grant(rich.id, id, amount, { kind: "usage_refund", transaction_id: body.transaction.id });
  expect(await refund("r1", 0.6)).toMatchObject({
    status: 201,
    body: { transaction: { kind: "usage_refund" } },
  });
  expect(await refund("r2", 0.5)).toMatchObject({ status: 422, body: { code: "refund_exceeds_charge" } });
  expect((await refund("r3", 0.4)).body.transaction.balance_after).toBe(10);
});

test("history pages newest first without gaps, by type, and takes whole numbers only", async () => {
  const acme = await service.organization(10);
  for (let number = 0; number < 7; number += 1)
    await acme.runtime.post("/api/billing/usage", event(`h${number}`, 1));
  const page = async (query: string) => (await acme.runtime.get(`/api/billing/history?${query}`)).body;
  const first = await page("limit=4&type=consumption");
  const second = await page("limit=4&offset=4&type=consumption");
  expect(first).toMatchObject({ total: 7, limit: 4, offset: 0 });
  const numbers = [...first.data, ...second.data].map(({ metadata }) => metadata.event_id);
  expect(numbers).toEqual(["h6", "h5", "h4", "h3", "h2", "h1", "h0"]);
  expect((await page("offset=500")).data).toEqual([]);
  for (const query of [
    "limit=0",
    "limit=1001",
    "limit=0x10",
    "limit=1e2",
    "offset=-1",
    "type=gift",
    "page=2",
  ]) {
    expect((await acme.runtime.get(`/api/billing/history?${query}`)).status).toBe(422);
  }
  const id = first.data[0].id;
  expect((await acme.runtime.get(`/api/billing/transactions/${id}`)).body.data).toEqual(first.data[0]);
  const other = await service.organization(1);
  expect((await other.runtime.get(`/api/billing/transactions/${id}`)).status).toBe(404);
});
