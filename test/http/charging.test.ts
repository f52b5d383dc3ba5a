import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService({
    AIRTIME_SESSION_VALIDITY_SECONDS: "1",
    AIRTIME_SETTLE_WINDOW_SECONDS: "1",
  });
});

afterAll(() => service?.stop());

const SESSIONS = "/api/billing/sessions";
const pipeline = { agent_id: "agent_abc123", architecture: "pipeline" };

async function open(organization: TestOrganization, id: string, more: object = {}) {
  return organization.runtime.post(SESSIONS, { session_id: id, ...pipeline, ...more });
}

describe("a session", () => {
  test("of 3.5 minutes of pipeline costs 0.2555 in four lines, and its end may be repeated", async () => {
    const acme = await service.organization(10);
    const opened = await open(acme, "s1");
    expect(opened.status).toBe(201);
    expect(opened.body).toMatchObject({
      success: true,
      session: { id: "s1", status: "active", price_version: 1, held: 0.073 },
      grant: { amount: 0.073, seconds: 60, messages: null, final: false },
      balance: 10,
      available: 9.927,
    });
    const ended = await acme.runtime.post(`${SESSIONS}/s1/end`, { duration_seconds: 210 });
    expect(ended.status).toBe(200);
    expect(ended.body.session).toMatchObject({ status: "settled", cost: 0.2555, held: 0, uncollected: 0 });
    expect(ended.body.session.breakdown.map((line: { amount: number }) => line.amount)).toEqual([
      0.175, 0.0525, 0.0105, 0.0175,
    ]);
    expect(ended.body.transaction).toMatchObject({
      type: "consumption",
      kind: "voice",
      amount: -0.2555,
      balance_before: 10,
      balance_after: 9.7445,
      description: "Voice call session - agent_abc123 - 3.5 min",
      metadata: { agent_id: "agent_abc123", duration_seconds: 210, session_type: "webcall" },
      ip_address: "127.0.0.1",
    });
    const again = await acme.runtime.post(`${SESSIONS}/s1/end`, { duration_seconds: 210 });
    expect(again).toMatchObject({ status: 200, text: ended.text });
    const other = await acme.runtime.post(`${SESSIONS}/s1/end`, { duration_seconds: 211 });
    expect(other).toMatchObject({ status: 409, body: { code: "session_settled" } });
    const late = await acme.runtime.post(`${SESSIONS}/s1/usage`, { seq: 9, duration_seconds: 300 });
    expect(late).toMatchObject({ status: 409, body: { code: "session_settled" } });
  });

  test("opens once for the same id and body, and refuses another body", async () => {
    const acme = await service.organization(10);
    const first = await open(acme, "same");
    const second = await open(acme, "same");
    expect(second.status).toBe(200);
    expect(second.body.session.started_at).toBe(first.body.session.started_at);
    const other = await open(acme, "same", { agent_id: "agent_other" });
    expect(other).toMatchObject({ status: 409, body: { code: "session_exists" } });
  });

  test("is refused at a balance of zero and where running sessions hold everything", async () => {
    const empty = await service.organization(0);
    expect(await open(empty, "s")).toMatchObject({
      status: 402,
      body: { code: "insufficient_credits", balance: 0 },
    });
    const nearly = await service.organization(0.01);
    expect((await open(nearly, "s1")).status).toBe(201);
    const refused = await open(nearly, "s2");
    expect(refused).toMatchObject({ status: 402, body: { code: "credits_reserved", balance: 0.01 } });
    expect(refused.body.retry_after_seconds).toBeGreaterThan(0);
    expect(refused.headers.get("retry-after")).not.toBeNull();
  });

  test("is told to terminate when its final grant is used up, and never takes the balance below the floor", async () => {
    const acme = await service.organization(0.01);
    await open(acme, "s");
    let last = await acme.runtime.post(`${SESSIONS}/s/usage`, { seq: 1, duration_seconds: 9 });
    for (let seq = 2; last.body.action === "continue" && seq < 1_000; seq += 1) {
      const duration = last.body.session.duration_seconds + Math.max(last.body.grant.seconds, 0.001);
      const duration_seconds = Math.round(duration * 1000) / 1000;
      last = await acme.runtime.post(`${SESSIONS}/s/usage`, { seq, duration_seconds });
    }
    expect(last.body).toMatchObject({ action: "terminate", grant: { final: true } });
    const more = last.body.session.duration_seconds + 600;
    const ended = await acme.runtime.post(`${SESSIONS}/s/end`, { duration_seconds: more });
    expect(ended.body.transaction.balance_after).toBe(-5);
    expect(ended.body.session.uncollected).toBeGreaterThan(0);
    const { body } = await acme.runtime.get(`/api/billing/balance/${acme.id}`);
    expect(body).toMatchObject({ balance: -5, held: 0, status: "exhausted" });
  });

  test("ignores an old seq, and flags a total that fell", async () => {
    const acme = await service.organization(10);
    await open(acme, "s");
    await acme.runtime.post(`${SESSIONS}/s/usage`, { seq: 5, duration_seconds: 30 });
    const old = await acme.runtime.post(`${SESSIONS}/s/usage`, { seq: 5, duration_seconds: 90 });
    expect(old).toMatchObject({
      status: 200,
      body: { session: { duration_seconds: 30 }, action: "continue" },
    });
    const fallen = await acme.runtime.post(`${SESSIONS}/s/usage`, { seq: 6, duration_seconds: 20 });
    expect(fallen.body.session).toMatchObject({ duration_seconds: 30 });
    expect(fallen.body.session.flags).toContain("usage_regressed");
  });

  test("is cancelled without a charge, twice is once, and then can't end", async () => {
    const acme = await service.organization(10);
    await open(acme, "s");
    for (let time = 0; time < 2; time += 1) {
      const cancelled = await acme.runtime.post(`${SESSIONS}/s/cancel`);
      expect(cancelled).toMatchObject({
        status: 200,
        body: { session: { status: "cancelled", held: 0 }, balance: 10 },
      });
    }
    const ended = await acme.runtime.post(`${SESSIONS}/s/end`, { duration_seconds: 1 });
    expect(ended).toMatchObject({ status: 409, body: { code: "session_cancelled" } });
  });

  test("is not cancelled by a body with a reason, which nothing would keep", async () => {
    const acme = await service.organization(10);
    await open(acme, "s");
    const refused = await acme.runtime.post(`${SESSIONS}/s/cancel`, { reason: "no answer" });
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid" } });
    expect((await acme.runtime.get(`${SESSIONS}/s`)).body.data.status).toBe("active");
  });

  test("whose runtime dies goes stale, is settled as lost, and takes one late end", async () => {
    const acme = await service.organization(10);
    await open(acme, "s");
    await acme.runtime.post(`${SESSIONS}/s/usage`, { seq: 1, duration_seconds: 30 });
    const status = async () => (await acme.runtime.get(`${SESSIONS}/s`)).body.data;
    await expect.poll(async () => (await status()).status, { timeout: 10_000 }).toBe("stale");
    await expect.poll(async () => (await status()).status, { timeout: 10_000 }).toBe("settled");
    expect(await status()).toMatchObject({ cost: 0.0365, flags: expect.arrayContaining(["lost"]) });
    const late = await acme.runtime.post(`${SESSIONS}/s/end`, { duration_seconds: 60 });
    expect(late).toMatchObject({
      status: 200,
      body: {
        transaction: { type: "adjustment", kind: "late_end", amount: -0.0365 },
        session: { cost: 0.073 },
      },
    });
    const again = await acme.runtime.post(`${SESSIONS}/s/end`, { duration_seconds: 60 });
    expect(again).toMatchObject({ status: 200, text: late.text });
    const other = await acme.runtime.post(`${SESSIONS}/s/end`, { duration_seconds: 61 });
    expect(other).toMatchObject({ status: 409, body: { code: "session_settled" } });
  });

  test("keeps transcript, recording and analysis, sent with the end or later", async () => {
    const acme = await service.organization(10);
    await open(acme, "s");
    const transcript = [{ role: "agent", text: "Hello" }];
    await acme.runtime.post(`${SESSIONS}/s/end`, { duration_seconds: 10, transcript });
    const put = { analysis: { summary: "short" }, recording_url: "https://example.com/a.wav" };
    const added = await acme.runtime.call("PUT", `${SESSIONS}/s/artifacts`, put);
    expect(added.status).toBe(200);
    expect((await acme.runtime.get(`${SESSIONS}/s`)).body.data).toMatchObject({ transcript, ...put });
  });
});

describe("the other architectures", () => {
  test.each([
    [{ architecture: "realtime" }, { duration_seconds: 600 }, 1.1],
    [{ architecture: "pipeline", session_type: "telephony" }, { duration_seconds: 60 }, 0.123],
    [
      { architecture: "pipeline", session_type: "telephony", key_mode: "own_keys" },
      { duration_seconds: 60 },
      0.05,
    ],
    [{ architecture: "pipeline", key_mode: "own_keys" }, { duration_seconds: 60 }, 0.02],
    [{ architecture: "pipeline", llm_model: "gemini-flash" }, { duration_seconds: 60 }, 0.068],
    [{ architecture: "text" }, { messages: 25 }, 0.025],
    [{ architecture: "api" }, { units: 150 }, 1.5],
  ])("%j for %j cost %d", async (subject, totals, cost) => {
    const acme = await service.organization(10);
    await acme.runtime.post(SESSIONS, { session_id: "s", agent_id: "a", ...subject });
    const ended = await acme.runtime.post(`${SESSIONS}/s/end`, totals);
    expect(ended.body.session.cost).toBe(cost);
    expect(ended.body.transaction.amount).toBe(-cost);
  });

  test("a free session posts no transaction, and an unknown model takes the default rate with a flag", async () => {
    const acme = await service.organization(10);
    await acme.runtime.post(SESSIONS, {
      session_id: "free",
      agent_id: "a",
      architecture: "text",
      key_mode: "own_keys",
    });
    const free = await acme.runtime.post(`${SESSIONS}/free/end`, { messages: 25 });
    expect(free.body).toMatchObject({ transaction: null, session: { cost: 0, transaction_id: null } });
    const odd = await open(acme, "odd", { llm_model: "some-model" });
    expect(odd.body.session.flags).toEqual(["default_rate"]);
  });
});

describe("refusals", () => {
  test("people never charge, and a key needs the scope", async () => {
    const acme = await service.organization(10);
    expect((await acme.owner.post(SESSIONS, pipeline)).status).toBe(403);
    const reading = await acme.key(["read"]);
    expect((await reading.post(SESSIONS, pipeline)).status).toBe(403);
    const charging = await acme.key(["charge"]);
    expect((await charging.post(SESSIONS, { session_id: "mine", ...pipeline })).status).toBe(201);
    expect((await charging.get(`${SESSIONS}/mine`)).status).toBe(200);
    await open(acme, "others");
    expect((await charging.get(`${SESSIONS}/others`)).status).toBe(403);
    expect((await charging.get("/api/billing/history")).status).toBe(403);
    expect((await charging.get(SESSIONS)).body.data.map(({ id }: { id: string }) => id)).toEqual(["mine"]);
  });

  test("another organization's session is not found", async () => {
    const [acme, other] = [await service.organization(10), await service.organization(10)];
    await open(acme, "s");
    expect((await other.runtime.get(`${SESSIONS}/s`)).status).toBe(404);
    expect((await other.runtime.post(`${SESSIONS}/s/end`, {})).status).toBe(404);
    const named = await other.runtime.post(SESSIONS, { ...pipeline, organization_id: acme.id });
    expect(named.status).toBe(404);
  });

  test.each([
    [{ ...pipeline, agnet_id: "typo" }, "agnet_id"],
    [{ architecture: "pipeline" }, "agent_id"],
    [{ ...pipeline, architecture: "telepathy" }, "architecture"],
    [{ ...pipeline, session_id: "x".repeat(256) }, "session_id"],
    [{ ...pipeline, session_id: "nul\u0000" }, "session_id"],
    [{ ...pipeline, metadata: { long: "x".repeat(600) } }, "metadata.long"],
  ])("%j is invalid at its field", async (body, path) => {
    const acme = await service.organization(1);
    const { status, body: problem } = await acme.runtime.post(SESSIONS, body);
    expect(status).toBe(422);
    expect(problem).toMatchObject({ code: "invalid", errors: [{ path }] });
  });

  test.each([{ duration_seconds: -1 }, { duration_seconds: 1.00001 }, { messages: 1.5 }, { seq: "1" }, {}])(
    "a report of %j is invalid",
    async (wrong) => {
      const acme = await service.organization(1);
      await open(acme, "s");
      const body = "seq" in wrong || Object.keys(wrong).length === 0 ? wrong : { seq: 1, ...wrong };
      expect((await acme.runtime.post(`${SESSIONS}/s/usage`, body)).status).toBe(422);
    },
  );
});

describe("an Idempotency-Key", () => {
  test("on 50 identical requests at once opens one session and gives 50 equal answers", async () => {
    const acme = await service.organization(10);
    const send = () => acme.runtime.post(SESSIONS, pipeline, { "idempotency-key": "k1" });
    const answers = await Promise.all(Array.from({ length: 50 }, send));
    expect(new Set(answers.map(({ text, status }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true")).toHaveLength(49);
    const { body } = await acme.runtime.get(`/api/billing/balance/${acme.id}`);
    expect(body.active_sessions).toBe(1);
    const reused = await acme.runtime.post(
      SESSIONS,
      { ...pipeline, agent_id: "other" },
      { "idempotency-key": "k1" },
    );
    expect(reused).toMatchObject({ status: 409, body: { code: "idempotency_key_reused" } });
  });

  test("does not keep a refusal that more credits would turn", async () => {
    const acme = await service.organization(0);
    const send = () => acme.runtime.post(SESSIONS, pipeline, { "idempotency-key": "k" });
    expect((await send()).status).toBe(402);
    const grant = {
      organization_id: acme.id,
      credit_id: "c",
      kind: "manual_grant",
      amount: 5,
      reason: "test",
    };
    await service.operator.post("/api/billing/credits", grant);
    expect((await send()).status).toBe(201);
  });
});
