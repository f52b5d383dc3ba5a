import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { clientOf, organizationOf, PASSWORD, signUp } from "./api-client.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

test("more people than there are connections sign up at once, and all get in", async () => {
  const anybody = clientOf(service.url);
  const person = (index: number) => ({
    name: "Crowd",
    email: `crowd${index}@example.com`,
    password: PASSWORD,
  });
  const signedUp = await times(16, (index) => anybody.post("/api/auth/sign-up/email", person(index)));
  expect(new Set(signedUp.map(({ status }) => status))).toEqual(new Set([200]));
});

test("the welcome credit is granted once, however many make use of a new organization at once", async () => {
  const owner = await signUp(service.url, "Welcomed");
  const id = await organizationOf(owner);
  const grant = (index: number) =>
    service.operator.post("/api/billing/credits", {
      organization_id: id,
      credit_id: index < 10 ? "welcome" : `other-${index % 5}`,
      kind: index < 10 ? "welcome" : "manual_grant",
      amount: 1,
      reason: "test",
    });
  const [granted] = await Promise.all([
    times(30, grant),
    times(30, () => owner.get(`/api/billing/balance/${id}`)),
  ]);
  expect(granted.filter(({ status }) => status === 201)).toHaveLength(5);
  const { body } = await owner.get("/api/billing/history?limit=100");
  expect(body.data.filter(({ kind }: { kind: string }) => kind === "welcome")).toHaveLength(1);
  expect((await owner.get(`/api/billing/balance/${id}`)).body.balance).toBe(10);
});

test("refunds of one charge at once give back no more than it took", async () => {
  const acme = await service.organization(10);
  const charged = await acme.runtime.post("/api/billing/usage", {
    event_id: "e",
    agent_id: "a",
    architecture: "api",
    units: 100,
  });
  const refund = (index: number) =>
    service.operator.post("/api/billing/credits", {
      organization_id: acme.id,
      credit_id: `refund-${index % 25}`,
      kind: "usage_refund",
      transaction_id: charged.body.transaction.id,
      amount: 0.3,
      reason: "test",
    });
  // 25 refunds, each sent twice: three of 0.30 fit into 1.00.
  const answers = await times(50, refund);
  const given = answers.filter(({ status }) => status < 300);
  expect(new Set(given.map(({ body }) => body.transaction.id)).size).toBe(3);
  const refused = answers.filter(({ status }) => status >= 300);
  expect(refused).toHaveLength(44);
  for (const { status, body } of refused) {
    expect([status, body.code]).toEqual([422, "refund_exceeds_charge"]);
  }
  expect((await acme.owner.get(`/api/billing/balance/${acme.id}`)).body.balance).toBe(9.9);
});

test("a lowered grace limit takes effect as running sessions release, and never demands back what they hold", async () => {
  const acme = await service.organization(1);
  const path = (id: string, step: string) => `/api/billing/sessions/${id}/${step}`;
  const usage = (id: string, seq: number, seconds: number) =>
    acme.runtime.post(path(id, "usage"), { seq, duration_seconds: seconds });
  const ids = await openUntilReserved(acme);
  // Two minutes each: what runs now lives on grace.
  await Promise.all(ids.map((id) => usage(id, 1, 120)));
  const before = await balanceOf(acme);
  expect(before.available).toBeLessThan(-0.5);
  const lowering = service.operator.patch(`/api/organizations/${acme.id}/settings`, { grace_limit: 0.5 });
  const [lowered, ...reports] = await Promise.all([lowering, ...ids.map((id) => usage(id, 2, 130))]);
  expect(lowered).toMatchObject({ status: 200, body: { settings: { grace_limit: 0.5 } } });
  expect(new Set(reports.map(({ status }) => status))).toEqual(new Set([200]));
  const during = await balanceOf(acme);
  expect(during.available).toBeGreaterThanOrEqual(-during.grace_limit);
  const ends = await Promise.all(
    ids.map((id) => acme.runtime.post(path(id, "end"), { duration_seconds: 600 })),
  );
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set([200]));
  const after = await balanceOf(acme);
  expect(after).toMatchObject({ held: 0 });
  // No deeper than the calls already were when the limit came down.
  expect(after.balance).toBeGreaterThanOrEqual(Math.min(during.available, -0.5));
  expect(after.balance).toBeLessThan(0);
});

const balanceOf = async (acme: TestOrganization) =>
  (await acme.owner.get(`/api/billing/balance/${acme.id}`)).body;

/** Opens sessions until running ones hold everything; their ids. */
async function openUntilReserved(acme: TestOrganization): Promise<string[]> {
  for (let number = 0, ids: string[] = []; ; number += 1) {
    const body = { session_id: `s${number}`, agent_id: "a", architecture: "pipeline" };
    const opened = await acme.runtime.post("/api/billing/sessions", body);
    if (opened.status === 402) return ids;
    ids.push(`s${number}`);
  }
}
