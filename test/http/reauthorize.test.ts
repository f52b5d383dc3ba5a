import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { bearer, keyOf } from "./api-client.ts";
import { openStream } from "./stream-client.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

const SESSIONS = "/api/billing/sessions";

const atTheFloor = async (acme: TestOrganization) => {
  const call = { session_id: "call", agent_id: "agent_1", architecture: "pipeline" };
  await acme.runtime.post(SESSIONS, call);
  const reported = await acme.runtime.post(`${SESSIONS}/call/usage`, { seq: 1, duration_seconds: 4_115 });
  expect(reported.body).toMatchObject({ grant: { final: true }, session: { status: "active" } });
};

test("a top-up tells of a session on a final grant at once, and its next report gets a normal one", async () => {
  const acme = await service.organization(0.01);
  await atTheFloor(acme);
  const { key } = await keyOf(acme.owner, service.url, acme.id, ["read"]);
  const stream = await openStream(service.url, { headers: bearer(key) });
  await service.operator.post("/api/billing/credits", {
    organization_id: acme.id,
    credit_id: "rescue",
    kind: "manual_grant",
    amount: 50,
    reason: "test",
  });
  await expect
    .poll(() => stream.messages.map(({ type }) => type))
    .toEqual(["credit_added", "session_updated"]);
  expect(stream.messages[1]).toMatchObject({
    balance: 50.01,
    session: { id: "call", grant: { final: true } },
  });
  stream.cut();
  const renewed = await acme.runtime.post(`${SESSIONS}/call/usage`, { seq: 2, duration_seconds: 4_116 });
  expect(renewed.body).toMatchObject({ action: "continue", grant: { final: false, seconds: 60 } });
});

test("a raised grace limit tells of it too", async () => {
  const acme = await service.organization(0.01);
  await atTheFloor(acme);
  const { key } = await keyOf(acme.owner, service.url, acme.id, ["read"]);
  const stream = await openStream(service.url, { headers: bearer(key) });
  const settings = `/api/organizations/${acme.id}/settings`;
  expect((await service.operator.patch(settings, { grace_limit: 50 })).status).toBe(200);
  await expect
    .poll(() => stream.messages.map(({ type }) => type))
    .toEqual(["balance_updated", "session_updated"]);
  stream.cut();
  const renewed = await acme.runtime.post(`${SESSIONS}/call/usage`, { seq: 2, duration_seconds: 4_116 });
  expect(renewed.body).toMatchObject({ action: "continue", grant: { final: false } });
});
