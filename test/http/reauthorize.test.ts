import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestService } from "../setup/service.ts";
import { bearer, keyOf } from "./api-client.ts";
import { openStream } from "./stream-client.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

const SESSIONS = "/api/billing/sessions";

test("a top-up tells of a session on a final grant at once, and its next report gets a normal one", async () => {
  const acme = await service.organization(0.01);
  const call = { session_id: "call", agent_id: "agent_1", architecture: "pipeline" };
  await acme.runtime.post(SESSIONS, call);
  const atTheFloor = await acme.runtime.post(`${SESSIONS}/call/usage`, { seq: 1, duration_seconds: 4_115 });
  expect(atTheFloor.body).toMatchObject({ grant: { final: true }, session: { status: "active" } });
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
