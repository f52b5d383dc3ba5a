import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";

let service: TestService;
let acme: TestOrganization;

beforeAll(async () => {
  service = await startTestService();
  acme = await service.organization(100);
  const open = (session_id: string, agent_id: string) =>
    acme.runtime.post("/api/billing/sessions", { session_id, agent_id, architecture: "pipeline" });
  for (const id of ["s1", "s2", "s3", "s4", "s5"]) await open(id, id === "s5" ? "sales" : "support");
  await acme.runtime.post("/api/billing/sessions/s1/end", { duration_seconds: 60 });
  await acme.runtime.post("/api/billing/sessions/s2/end", { duration_seconds: 0 });
  await acme.runtime.post("/api/billing/sessions/s3/cancel", {});
});

afterAll(() => service?.stop());

test.each([
  ["", 5],
  ["status=active", 2],
  ["status=stale", 0],
  ["status=active,stale", 2],
  ["status=settled", 2],
  ["status=cancelled", 1],
  ["status=settled,cancelled", 3],
  ["status=active,settled", 4],
  ["agent_id=support", 4],
  ["agent_id=support&status=settled", 2],
  ["search=SAL", 1],
  ["to=2000-01-01T00:00:00Z", 0],
])("the list of sessions with %j says how many there are, whatever the page", async (query, total) => {
  const { body } = await acme.runtime.get(`/api/billing/sessions?limit=1&offset=1&${query}`);
  expect(body).toMatchObject({ total, total_is_exact: true, limit: 1, offset: 1 });
  expect(body.data).toHaveLength(Math.min(Math.max(total - 1, 0), 1));
});

test.each([
  ["", { active: 2, stale: 0, settled: 2, cancelled: 1 }],
  ["agent_id=support", { active: 1, stale: 0, settled: 2, cancelled: 1 }],
  ["search=SAL&architecture=pipeline", { active: 1, stale: 0, settled: 0, cancelled: 0 }],
  ["to=2000-01-01T00:00:00Z", { active: 0, stale: 0, settled: 0, cancelled: 0 }],
])("the counts of sessions with %j say how many are in each state", async (query, data) => {
  const { status, body } = await acme.runtime.get(`/api/billing/session-counts?${query}`);
  expect(status).toBe(200);
  expect(body).toEqual({ success: true, data, is_exact: true });
});

test("a key that may not read counts the sessions that it opened, and a status is no filter of the counts", async () => {
  const second = await acme.key(["charge"]);
  await second.post("/api/billing/sessions", {
    session_id: "own",
    agent_id: "own",
    architecture: "pipeline",
  });
  const { body } = await second.get("/api/billing/session-counts");
  expect(body.data).toEqual({ active: 1, stale: 0, settled: 0, cancelled: 0 });
  expect((await second.get("/api/billing/session-counts?status=active")).status).toBe(422);
});
