import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

const SESSIONS = "/api/billing/sessions";
const quote = async (organization: TestOrganization, body: object) =>
  (await organization.runtime.post("/api/billing/quotes", body)).body;
const check = async (organization: TestOrganization, body: object) =>
  (await organization.runtime.post("/api/billing/check", body)).body;
const pipeline = { architecture: "pipeline" };

describe("a quote", () => {
  test("needs the architecture alone, and says what a described session costs, line by line", async () => {
    const acme = await service.organization(7.3);
    expect(await quote(acme, { ...pipeline, duration_seconds: 210 })).toMatchObject({
      success: true,
      cost: 0.2555,
      breakdown: [{ amount: 0.175 }, { amount: 0.0525 }, { amount: 0.0105 }, { amount: 0.0175 }],
      rate_per_minute: 0.073,
      rate_per_message: null,
      runway_seconds: 6_000,
      runway_messages: null,
      runway_units: null,
    });
    expect(await quote(acme, pipeline)).toMatchObject({ cost: 0, rate_per_minute: 0.073 });
  });

  test.each([
    [
      { architecture: "text", messages: 25 },
      { cost: 0.025, rate_per_message: 0.001, runway_messages: 7_300 },
    ],
    [
      { architecture: "api", units: 150 },
      { cost: 1.5, rate_per_unit: 0.01, runway_units: 730 },
    ],
    [
      { architecture: "api", units: 2, unit_price_id: "contact", agent_id: "a", session_type: "api" },
      { cost: 0.02, rate_per_unit: 0.01 },
    ],
    [
      { architecture: "realtime", duration_seconds: 600 },
      { cost: 1.1, rate_per_minute: 0.11 },
    ],
    [
      { ...pipeline, session_type: "telephony", key_mode: "own_keys", duration_seconds: 60 },
      { cost: 0.05, runway_seconds: 8_760 },
    ],
    [
      { ...pipeline, llm_model: "gemini-flash", stt_provider: "deepgram", tts_provider: "cartesia" },
      { rate_per_minute: 0.068 },
    ],
    [
      { architecture: "text", key_mode: "own_keys", messages: 25 },
      { cost: 0, breakdown: [], rate_per_message: 0, runway_messages: null, max_concurrent: null },
    ],
  ])("of %j", async (body, expected) => {
    expect(await quote(await service.organization(7.3), body)).toMatchObject(expected);
  });

  test.each([0, -0.5])("at a balance of %d has no runway, and no session can be opened", async (balance) => {
    const acme = await service.organization(balance);
    expect(await quote(acme, pipeline)).toMatchObject({ runway_seconds: 0, max_concurrent: 0 });
    expect(await quote(acme, { architecture: "text" })).toMatchObject({
      runway_messages: 0,
      max_concurrent: 0,
    });
  });

  test.each([
    [0.01, pipeline],
    [1, pipeline],
    [0.3, { architecture: "realtime", session_type: "telephony" }],
    [0.05, { architecture: "text" }],
    [3, { architecture: "api" }],
  ])(
    "with %d says how many of %j can be opened: the last fits, one more is refused",
    async (balance, subject) => {
      const acme = await service.organization(balance);
      const { max_concurrent } = await quote(acme, subject);
      const statuses: number[] = [];
      for (let count = 0; count <= max_concurrent; count += 1) {
        const opened = await acme.runtime.post(SESSIONS, {
          session_id: `s${count}`,
          agent_id: "a",
          ...subject,
        });
        statuses.push(opened.status);
      }
      expect(statuses).toEqual([...Array(max_concurrent).fill(201), 402]);
      expect((await quote(acme, subject)).max_concurrent).toBe(0);
    },
  );

  test.each([
    [{ architecture: "pipeline", session_type: "chat" }, "price_missing"],
    [{ architecture: "api", unit_price_id: "pigeon" }, "price_missing"],
    [{}, "invalid"],
    [{ ...pipeline, duration: 60 }, "invalid"],
  ])("of %j is refused: %s", async (body, code) => {
    const acme = await service.organization(1);
    const refused = await acme.runtime.post("/api/billing/quotes", body);
    expect(refused).toMatchObject({ status: 422, body: { code } });
  });
});

describe("a check", () => {
  test("allows what a session would get, down to the floor", async () => {
    const acme = await service.organization(2.3);
    expect(await check(acme, pipeline)).toMatchObject({
      success: true,
      allowed: true,
      balance: 2.3,
      available: 2.3,
      held: 0,
      grace_limit: 5,
      remaining_grace: 5,
      max_seconds: 6_000,
      max_messages: null,
    });
    expect(await check(acme, { architecture: "text" })).toMatchObject({
      max_messages: 7_300,
      max_seconds: null,
    });
    expect(await check(acme, { architecture: "api", agent_id: "a" })).toMatchObject({ max_units: 730 });
    expect(await check(acme, { architecture: "text", key_mode: "own_keys" })).toMatchObject({
      allowed: true,
      max_messages: null,
    });
  });

  test.each([
    [0, 5],
    [-0.5, 4.5],
    [-6, 0],
  ])(
    "at a balance of %d refuses, with %d of grace left for running calls",
    async (balance, remaining_grace) => {
      const acme = await service.organization(balance);
      const answer = await check(acme, pipeline);
      expect(answer).toMatchObject({
        allowed: false,
        code: "insufficient_credits",
        remaining_grace,
        max_seconds: 0,
      });
    },
  );

  test("refuses what running sessions hold, as the session is then refused", async () => {
    const acme = await service.organization(0.01);
    await acme.runtime.post(SESSIONS, { session_id: "s", agent_id: "a", ...pipeline });
    expect(await check(acme, pipeline)).toMatchObject({ allowed: false, code: "credits_reserved" });
    const refused = await acme.runtime.post(SESSIONS, { agent_id: "a", ...pipeline });
    expect(refused.body.code).toBe("credits_reserved");
  });
});
