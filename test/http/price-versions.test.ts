import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { bearer, clientOf } from "./api-client.ts";

let service: TestService;
let second: TestService;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  service = await startTestService();
  second = await startTestService({ DATABASE_URL: service.connectionString });
  pool = createPool(service);
});
afterAll(async () => {
  await pool?.end();
  await second?.stop();
  await service?.stop();
});

const VERSIONS = "/api/billing/price-versions";
const SESSIONS = "/api/billing/sessions";
const LLM = { component: "llm", architecture: "pipeline", rate: 0.005 };
const override = (organization: TestOrganization, more: object = {}) => ({
  organization_id: organization.id,
  reason: "agreed with the customer",
  rates: [LLM],
  ...more,
});
const add = (body: object, headers?: Record<string, string>) =>
  service.operator.post(VERSIONS, body, headers);
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

async function ratesOf(organization: TestOrganization) {
  return (await organization.runtime.get("/api/billing/pricing")).body;
}

/** Resolves once the organization is priced by this version. */
async function inForce(organization: TestOrganization, version: number): Promise<void> {
  await expect.poll(async () => (await ratesOf(organization)).override_version).toBe(version);
}

describe("an override", () => {
  test("is charged from its date on, by every process; running sessions keep their prices; and it can end", async () => {
    const acme = await service.organization(10);
    const elsewhere = clientOf(second.url, bearer(second.demo.operator_key));
    const call = { organization_id: acme.id, agent_id: "a", architecture: "pipeline" };
    await acme.runtime.post(SESSIONS, { ...call, session_id: "before" });
    const added = await add(override(acme));
    expect(added).toMatchObject({
      status: 201,
      body: {
        success: true,
        preview: false,
        organization_id: acme.id,
        changes: [
          { component: "llm", model: null, from: 0.015, to: 0.005 },
          { component: "llm", model: "gpt-4o-mini", from: 0.015, to: 0.005 },
          { component: "llm", model: "gemini-flash", from: 0.01, to: 0.005 },
        ],
      },
    });
    expect(added.body.examples[0]).toEqual({
      example: "3.5 min of pipeline, webcall",
      before: 0.2555,
      after: 0.2205,
    });
    await inForce(acme, added.body.version);
    for (const [id, client] of [
      ["here", service.operator],
      ["there", elsewhere],
    ] as const) {
      const opened = await client.post(SESSIONS, { ...call, session_id: id });
      expect(opened.body.session).toMatchObject({ price_version: 1, override_version: added.body.version });
      const ended = await client.post(`${SESSIONS}/${id}/end`, {
        organization_id: acme.id,
        duration_seconds: 60,
      });
      expect(ended.body.session.cost).toBe(0.063);
    }
    const kept = await acme.runtime.post(`${SESSIONS}/before/end`, { duration_seconds: 60 });
    expect(kept.body.session).toMatchObject({ cost: 0.073, override_version: null });

    const end = await add(override(acme, { rates: [], reason: "the contract is over" }));
    expect(end.body.changes[0]).toMatchObject({ from: 0.005, to: 0.015 });
    await inForce(acme, end.body.version);
    const event = { organization_id: acme.id, event_id: "e", agent_id: "a", architecture: "pipeline" };
    const charged = await elsewhere.post("/api/billing/usage", { ...event, duration_seconds: 60 });
    expect(charged.body.transaction).toMatchObject({
      amount: -0.073,
      metadata: { override_version: end.body.version },
    });
  });

  test("changes nothing for others, and nothing before its date", async () => {
    const [acme, other] = [await service.organization(10), await service.organization(10)];
    const later = await add(override(acme, { effective_from: inHours(1) }));
    const now = await add(override(other));
    await inForce(other, now.body.version);
    expect((await ratesOf(acme)).override_version).toBeNull();
    const listed = await service.operator.get(`${VERSIONS}?organization_id=${acme.id}`);
    expect(listed.body).toMatchObject({
      total: 1,
      data: [{ version: later.body.version, in_force: false, effective_until: null, created_by: "operator" }],
    });
  });

  test("of units gives them a name in events and sessions", async () => {
    const acme = await service.organization(10);
    const page = {
      component: "unit",
      architecture: "api",
      unit_price_id: "page",
      unit_name: "page",
      rate: 0.02,
    };
    const added = await add(override(acme, { rates: [page] }));
    await inForce(acme, added.body.version);
    const job = { agent_id: "reader", agent_name: "Scanning", architecture: "api" };
    await acme.runtime.post(SESSIONS, { ...job, session_id: "job" });
    const ended = await acme.runtime.post(`${SESSIONS}/job/end`, { units: 3 });
    expect(ended.body.transaction).toMatchObject({
      description: "API usage - Scanning - 3 pages",
      amount: -0.06,
    });
    const event = await acme.runtime.post("/api/billing/usage", { ...job, event_id: "e", units: 1 });
    expect(event.body.transaction).toMatchObject({
      description: "API usage - Scanning - 1 page",
      amount: -0.02,
    });
  });
});

describe("a version for everyone", () => {
  const base = async () => {
    const { body } = await service.operator.get(VERSIONS);
    return body.data.find((version: { organization_id: string | null }) => version.organization_id === null);
  };

  test("may be what the API answered, changed; the list says when each is in force, and why", async () => {
    const { rates } = await base();
    const dearer = rates.map((entry: { architecture: string; rate: number }) =>
      entry.architecture === "text" ? { ...entry, rate: 0.002 } : entry,
    );
    const effective_from = inHours(24 * 365);
    const added = await add({ reason: "chat costs more", effective_from, rates: dearer });
    expect(added.status).toBe(201);
    expect(added.body.changes).toEqual([
      expect.objectContaining({ component: "llm", architecture: "text", model: "*", from: 0.001, to: 0.002 }),
    ]);
    expect(await base()).toMatchObject({
      version: added.body.version,
      effective_from,
      in_force: false,
      reason: "chat costs more",
    });
    const again = await add({ reason: "chat costs more", effective_from, rates: dearer });
    expect(again).toMatchObject({ status: 200, body: { version: added.body.version } });
    const other = await add({ reason: "something else", effective_from, rates });
    expect(other).toMatchObject({
      status: 409,
      body: { code: "price_date_taken", version: added.body.version },
    });
  });

  test("is not written by a preview, which says what it would change", async () => {
    const before = (await service.operator.get(VERSIONS)).body.total;
    const { rates } = await base();
    const preview = await add({ reason: "what if", preview: true, effective_from: inHours(2), rates });
    expect(preview).toMatchObject({ status: 200, body: { preview: true, version: null } });
    expect((await service.operator.get(VERSIONS)).body.total).toBe(before);
  });

  test("is added once for an Idempotency-Key, and two at once get numbers of their own", async () => {
    const acme = await service.organization(1);
    const headers = { "idempotency-key": "prices-1" };
    const answers = await Promise.all([1, 2, 3].map(() => add(override(acme), headers)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await service.operator.get(`${VERSIONS}?organization_id=${acme.id}`)).body.total).toBe(1);
    expect(await add(override(acme, { rates: [] }), headers)).toMatchObject({
      status: 409,
      body: { code: "idempotency_key_reused" },
    });
    // As a crash between the version and its answer leaves it.
    await pool.query("update idempotency set status = 0, body = '' where key = 'prices-1'");
    expect((await add(override(acme), headers)).status).toBe(200);
    expect((await service.operator.get(`${VERSIONS}?organization_id=${acme.id}`)).body.total).toBe(1);
    const [one, two] = await Promise.all(
      [3, 4].map((hours) => add(override(acme, { effective_from: inHours(hours) }))),
    );
    expect([one?.status, two?.status]).toEqual([201, 201]);
    expect(one?.body.version).not.toBe(two?.body.version);
  });
});

describe("prices are refused", () => {
  test("to people and keys (403), and to nobody in particular (401)", async () => {
    const acme = await service.organization(1);
    for (const client of [acme.owner, acme.runtime, await acme.key(["admin"])]) {
      expect(await client.post(VERSIONS, override(acme))).toMatchObject({
        status: 403,
        body: { code: "forbidden" },
      });
      expect((await client.get(VERSIONS)).status).toBe(403);
    }
    expect((await clientOf(service.url).post(VERSIONS, override(acme))).status).toBe(401);
    expect((await clientOf(service.url).get(VERSIONS)).status).toBe(401);
  });

  test("for an organization that does not exist (404)", async () => {
    const body = { organization_id: "org_none", reason: "r", rates: [LLM] };
    expect(await add(body)).toMatchObject({ status: 404, body: { code: "not_found" } });
  });

  test.each<[what: string, change: object, path: string]>([
    ["a negative rate", { rates: [{ ...LLM, rate: -0.01 }] }, "rates.0.rate"],
    ["eleven decimals", { rates: [{ ...LLM, rate: 0.00000000001 }] }, "rates.0.rate"],
    ["a rate as text", { rates: [{ ...LLM, rate: "0.01" }] }, "rates.0.rate"],
    ["an unknown field", { rates: [{ ...LLM, modle: "gpt-4o" }] }, "rates.0.modle"],
    ["an unknown component", { rates: [{ ...LLM, component: "llmm" }] }, "rates.0.component"],
    ["a unit of another architecture", { rates: [{ ...LLM, unit: "message" }] }, "rates.0"],
    ["an overlap", { rates: [LLM, { ...LLM, rate: 1 }] }, "rates.1"],
    ["an entry that never applies", { rates: [{ ...LLM, session_type: "chat" }] }, "rates.0"],
    ["a date in the past", { effective_from: "2026-01-01T00:00:00Z" }, "effective_from"],
    ["no reason", { reason: "" }, "reason"],
    ["another unknown field", { organisation: "x" }, "organisation"],
  ])("with %s (422)", async (_what, change, path) => {
    const acme = await service.organization(1);
    const refused = await add(override(acme, change));
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ path }] } });
  });

  test("with a gap in everyone's list (422)", async () => {
    const refused = await add({ reason: "oops", rates: [LLM] });
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid" } });
    expect(refused.body.errors).toContainEqual({
      path: "rates",
      message: "No price for base of pipeline, webcall, platform_keys",
    });
  });
});
