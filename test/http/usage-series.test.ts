import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";

let service: TestService;
let acme: TestOrganization;

beforeAll(async () => {
  service = await startTestService();
  acme = await service.organization(100);
  const open = (session_id: string, user_id: string) =>
    acme.runtime.post("/api/billing/sessions", {
      session_id,
      user_id,
      agent_id: "sales",
      architecture: "pipeline",
    });
  await open("s1", "ann");
  await open("s2", "bob");
  for (const id of ["s1", "s2"])
    await acme.runtime.post(`/api/billing/sessions/${id}/end`, { duration_seconds: 210 });
  const event = { event_id: "e", agent_id: "batch", architecture: "api", units: 3 };
  await acme.runtime.post("/api/billing/usage", event);
});

afterAll(() => service?.stop());

const usage = async (query: string) => (await acme.runtime.get(`/api/billing/usage?${query}`)).body;

test.each([
  ["agent", { batch: 0.03, sales: 0.511 }],
  ["user", { "": 0.03, ann: 0.2555, bob: 0.2555 }],
  ["architecture", { api: 0.03, pipeline: 0.511 }],
  ["component", { base: 0.35, llm: 0.105, stt: 0.021, tts: 0.035, unit: 0.03 }],
])("usage by %s sums what was charged, exactly", async (groupBy, expected) => {
  const { data } = await usage(`group_by=${groupBy}`);
  const amounts = data.map((point: { group: string; amount: number }) => [point.group, point.amount]);
  expect(Object.fromEntries(amounts)).toEqual(expected);
});

test("usage comes with its rate since it began, at least an hour ago, and how long what is available lasts", async () => {
  const { burn } = await usage("interval=hour");
  expect(burn).toMatchObject({ method: "since_first_usage_of_last_7_days", amount: 0.541 });
  expect(burn.hours).toBeGreaterThanOrEqual(1);
  expect(burn.runway_hours).toBeGreaterThan(0);
  const idle = await service.organization(5);
  const { body } = await idle.runtime.get("/api/billing/usage");
  expect(body).toMatchObject({ data: [], burn: { amount: 0, per_day: 0, runway_hours: null } });
});

test("a period is widened to whole hours", async () => {
  const now = new Date().toISOString();
  const { data } = await usage(`from=${now}&to=${new Date(Date.parse(now) + 1).toISOString()}`);
  expect(data.length).toBeGreaterThan(0);
});
