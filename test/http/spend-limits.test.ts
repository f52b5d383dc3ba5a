import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

const SESSIONS = "/api/billing/sessions";
const call = { agent_id: "agent_1", architecture: "pipeline" };
const DAY = { scope: "organization", subject: null, period: "day" };

const settingsOf = ({ id }: TestOrganization) => `/api/organizations/${id}/settings`;

async function limited(balance: number, ...spend_limits: object[]): Promise<TestOrganization> {
  const organization = await service.organization(balance);
  const answer = await organization.owner.patch(settingsOf(organization), { spend_limits });
  expect(answer.status).toBe(200);
  return organization;
}

/** 0.073 a minute. */
const charge = (organization: TestOrganization, id: string, seconds: number, more: object = {}) =>
  organization.runtime.post("/api/billing/usage", {
    event_id: id,
    ...call,
    duration_seconds: seconds,
    ...more,
  });

describe("settings", () => {
  test("show what each limit has left, and a list replaces all that there were", async () => {
    const acme = await service.organization(20);
    await charge(acme, "before", 60);
    const month = { scope: "agent", subject: "agent_1", period: "month" };
    const set = await acme.owner.patch(settingsOf(acme), {
      spend_limits: [
        { ...DAY, limit: 1.5 },
        { ...month, limit: 30 },
      ],
    });
    expect(set.body.settings.spend_limits).toMatchObject([
      { ...month, limit: 30, spent: 0.073, held: 0 },
      { ...DAY, limit: 1.5, spent: 0.073, held: 0 },
    ]);
    await acme.runtime.post(SESSIONS, { session_id: "s", ...call });
    const { body } = await acme.owner.get(settingsOf(acme));
    expect(body.settings.spend_limits[1]).toMatchObject({ spent: 0.073, held: 0.073 });
    expect(body.settings.spend_limits[1].resets_at).toMatch(/T00:00:00\.000Z$/);
    expect(body.settings.spend_limits[0].resets_at).toMatch(/-01T00:00:00\.000Z$/);
    const none = await acme.owner.patch(settingsOf(acme), { spend_limits: [] });
    expect(none.body.settings.spend_limits).toEqual([]);
  });
});

describe("a reached limit", () => {
  test("refuses a new session with 402 that names it, and leaves other agents alone", async () => {
    const acme = await limited(20, { scope: "agent", subject: "agent_1", period: "month", limit: 0.073 });
    expect((await charge(acme, "e1", 60)).status).toBe(201);
    const refused = await acme.runtime.post(SESSIONS, { session_id: "s1", ...call });
    expect(refused).toMatchObject({
      status: 402,
      body: {
        code: "spend_limit_reached",
        scope: "agent",
        subject: "agent_1",
        period: "month",
        limit: 0.073,
        spent: 0.073,
        held: 0,
      },
    });
    expect(refused.body.resets_at).toMatch(/-01T00:00:00\.000Z$/);
    const other = await acme.runtime.post(SESSIONS, { session_id: "s1", ...call, agent_id: "agent_2" });
    expect(other.status).toBe(201);
  });

  test("refuses one-shot events, alone and in a batch, and charges what still fits", async () => {
    const acme = await limited(20, { ...DAY, limit: 0.1 });
    expect((await charge(acme, "e1", 60)).status).toBe(201);
    expect(await charge(acme, "e2", 60)).toMatchObject({
      status: 402,
      body: { code: "spend_limit_reached" },
    });
    const event = (id: string, seconds: number) => ({ event_id: id, ...call, duration_seconds: seconds });
    const batch = await acme.runtime.post("/api/billing/usage/batch", {
      events: [event("e3", 60), event("e4", 10), event("e1", 60)],
    });
    expect(batch.body.results).toMatchObject([
      { event_id: "e3", status: "refused", code: "spend_limit_reached" },
      { event_id: "e4", status: "charged" },
      { event_id: "e1", status: "duplicate" },
    ]);
  });

  test("ends a running call by a final grant and terminate, and raising it lets the call go on", async () => {
    const acme = await limited(20, { scope: "user", subject: "u1", period: "day", limit: 0.1 });
    const usage = (seq: number, duration_seconds: number) =>
      acme.runtime.post(`${SESSIONS}/s/usage`, { seq, duration_seconds });
    const opened = await acme.runtime.post(SESSIONS, { session_id: "s", ...call, user_id: "u1" });
    expect(opened.body.grant).toMatchObject({ seconds: 60, final: false });
    expect((await usage(1, 50)).body.grant).toMatchObject({ seconds: 32.191, final: true });
    expect((await usage(2, 83)).body.action).toBe("terminate");
    await acme.owner.patch(settingsOf(acme), {
      spend_limits: [{ scope: "user", subject: "u1", period: "day", limit: 5 }],
    });
    const goesOn = await usage(3, 84);
    expect(goesOn.body).toMatchObject({ action: "continue", grant: { final: false } });
    // Somebody else's call never counted.
    const other = await acme.runtime.post(SESSIONS, { session_id: "t", ...call, user_id: "u2" });
    expect(other.body.grant.final).toBe(false);
  });

  test("counts each API key's own usage, whichever key ends the call", async () => {
    const acme = await service.organization(20);
    const keys = await acme.owner.get(`/api/organizations/${acme.id}/api-keys`);
    const subject = keys.body.data[0].id;
    await acme.owner.patch(settingsOf(acme), {
      spend_limits: [{ scope: "api_key", subject, period: "day", limit: 0.05 }],
    });
    const otherKey = await acme.key(["charge"]);
    const opened = await acme.runtime.post(SESSIONS, { session_id: "s", ...call });
    expect(opened.body.grant).toMatchObject({ amount: 0.05, final: true });
    await otherKey.post(`${SESSIONS}/s/end`, { duration_seconds: 30 });
    const { body } = await acme.owner.get(settingsOf(acme));
    expect(body.settings.spend_limits).toMatchObject([{ spent: 0.0365, held: 0 }]);
    expect((await charge(acme, "e", 60)).body.code).toBe("spend_limit_reached");
    expect(
      (await otherKey.post("/api/billing/usage", { event_id: "e", ...call, duration_seconds: 60 })).status,
    ).toBe(201);
  });

  test("is what check and quotes advise", async () => {
    const acme = await limited(20, { ...DAY, limit: 0.073 });
    const check = () => acme.runtime.post("/api/billing/check", call);
    expect((await check()).body).toMatchObject({
      allowed: true,
      max_seconds: 60,
      spend_limit: { limit: 0.073 },
    });
    const quote = await acme.runtime.post("/api/billing/quotes", { ...call, duration_seconds: 60 });
    expect(quote.body).toMatchObject({ max_concurrent: 1, spend_limit: { ...DAY, spent: 0 } });
    await charge(acme, "e", 60);
    expect((await check()).body).toMatchObject({
      allowed: false,
      max_seconds: 0,
      code: "spend_limit_reached",
    });
  });

  test("is no answer that an Idempotency-Key keeps", async () => {
    const acme = await limited(20, { ...DAY, limit: 0 });
    const open = () => acme.runtime.post(SESSIONS, { session_id: "s", ...call }, { "idempotency-key": "k" });
    expect((await open()).body.code).toBe("spend_limit_reached");
    await acme.owner.patch(settingsOf(acme), { spend_limits: [] });
    expect((await open()).status).toBe(201);
  });
});
