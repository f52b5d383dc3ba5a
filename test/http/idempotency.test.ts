import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import type { Client } from "./api-client.ts";

let service: TestService;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  service = await startTestService();
  pool = createPool(service);
});
afterAll(async () => {
  await pool?.end();
  await service?.stop();
});

const REQUESTS = 50;
const SESSIONS = "/api/billing/sessions";
const event = (id: string) => ({ event_id: id, agent_id: "a", architecture: "text", messages: 10 });

/** A change that is asked for: once prepared, the request, and what there is of its effect. */
type Kind = {
  readonly name: string;
  readonly prepare?: (acme: TestOrganization) => Promise<unknown>;
  readonly client: (acme: TestOrganization) => Client;
  readonly request: (acme: TestOrganization) => readonly [path: string, body: unknown];
  readonly status: 200 | 201;
  /** How much of the effect there is. */
  readonly effect: (acme: TestOrganization) => Promise<number>;
  /** How much of it there is when it was done once. */
  readonly once: number;
  /** The status of a repetition without an Idempotency-Key; null where each request means another one. */
  readonly repeatedStatus: 200 | null;
};

const open = (acme: TestOrganization) =>
  acme.runtime.post(SESSIONS, { session_id: "s", agent_id: "a", architecture: "pipeline" });
const count = (table: string) => async (acme: TestOrganization) => {
  const { rows } = await pool.query(`select count(*) from ${table} where org_id = $1`, [acme.id]);
  return Number(rows[0].count);
};
const charged = async (acme: TestOrganization) => {
  const { body } = await acme.runtime.get("/api/billing/history?type=consumption");
  return body.total;
};
const held = async (acme: TestOrganization) =>
  (await acme.owner.get(`/api/billing/balance/${acme.id}`)).body.held;
const sessionsOf = (status: string) => async (acme: TestOrganization) =>
  (await acme.runtime.get(`${SESSIONS}?status=${status}`)).body.total;

const kinds: readonly Kind[] = [
  {
    name: "opening a session of a chosen id",
    client: ({ runtime }) => runtime,
    request: () => [SESSIONS, { session_id: "s", agent_id: "a", architecture: "pipeline" }],
    status: 201,
    effect: held,
    once: 0.073,
    repeatedStatus: 200,
  },
  {
    name: "opening a session without an id",
    client: ({ runtime }) => runtime,
    request: () => [SESSIONS, { agent_id: "a", architecture: "pipeline" }],
    status: 201,
    effect: sessionsOf("active"),
    once: 1,
    repeatedStatus: null,
  },
  {
    name: "reporting usage",
    prepare: open,
    client: ({ runtime }) => runtime,
    request: () => [`${SESSIONS}/s/usage`, { seq: 1, duration_seconds: 50 }],
    status: 200,
    effect: held,
    // 50 s used and a grant of 60 s more, rounded up.
    once: 0.1339,
    repeatedStatus: 200,
  },
  {
    name: "ending a session",
    prepare: open,
    client: ({ runtime }) => runtime,
    request: () => [`${SESSIONS}/s/end`, { duration_seconds: 60, transcript: "Hello" }],
    status: 200,
    effect: charged,
    once: 1,
    repeatedStatus: 200,
  },
  {
    name: "cancelling a session",
    prepare: open,
    client: ({ runtime }) => runtime,
    request: () => [`${SESSIONS}/s/cancel`, {}],
    status: 200,
    effect: sessionsOf("cancelled"),
    once: 1,
    repeatedStatus: 200,
  },
  {
    name: "charging an event",
    client: ({ runtime }) => runtime,
    request: () => ["/api/billing/usage", event("e")],
    status: 201,
    effect: charged,
    once: 1,
    repeatedStatus: 200,
  },
  {
    name: "charging a batch",
    client: ({ runtime }) => runtime,
    request: () => ["/api/billing/usage/batch", { events: ["e1", "e2", "e3"].map(event) }],
    status: 200,
    effect: charged,
    once: 3,
    repeatedStatus: 200,
  },
  {
    name: "granting credits",
    client: () => service.operator,
    request: ({ id }) => [
      "/api/billing/credits",
      { organization_id: id, credit_id: "c", kind: "manual_grant", amount: 7, reason: "test" },
    ],
    status: 201,
    effect: async (acme) => (await acme.owner.get(`/api/billing/balance/${acme.id}`)).body.balance,
    once: 17,
    repeatedStatus: 200,
  },
  {
    name: "starting a checkout",
    client: ({ owner }) => owner,
    request: () => ["/api/billing/checkout", { variantId: "1001" }],
    status: 200,
    effect: count("checkout"),
    once: 1,
    repeatedStatus: null,
  },
  {
    name: "creating an organization",
    client: ({ owner }) => owner,
    request: () => ["/api/organizations", { name: "Second" }],
    status: 201,
    effect: async ({ owner }) => (await owner.get("/api/organizations")).body.total,
    once: 2,
    repeatedStatus: null,
  },
  {
    name: "making an API key",
    client: ({ owner }) => owner,
    request: ({ id }) => [`/api/organizations/${id}/api-keys`, { name: "one", scopes: ["charge"] }],
    status: 201,
    effect: count("api_key"),
    // Beside the key that every organization of a test has.
    once: 2,
    repeatedStatus: null,
  },
  {
    name: "adding a member",
    client: ({ owner }) => owner,
    request: ({ id }) => [`/api/organizations/${id}/members`, { email: "someone@example.com" }],
    status: 201,
    effect: count("invitation"),
    once: 1,
    repeatedStatus: null,
  },
];

/** What came of asking for one kind many times at once, and once more after a restart. */
type Asked = {
  readonly answers: readonly Answer[];
  readonly effect: number;
  readonly later: Answer;
  readonly laterEffect: number;
};
type Answer = Awaited<ReturnType<Client["post"]>>;

/** Asks for every kind, one after the other and each in an organization of its own, with one restart for all of them. */
async function askForAll(headers: Record<string, string>): Promise<Asked[]> {
  const asked = [];
  for (const kind of kinds) {
    const acme = await service.organization(10);
    await kind.prepare?.(acme);
    const [path, body] = kind.request(acme);
    const send = () => kind.client(acme).post(path, body, headers);
    const answers = await Promise.all(Array.from({ length: REQUESTS }, send));
    asked.push({ kind, acme, send, answers, effect: await kind.effect(acme) });
  }
  await service.restart();
  return Promise.all(
    asked.map(async ({ kind, acme, send, answers, effect }) => ({
      answers,
      effect,
      later: await send(),
      laterEffect: await kind.effect(acme),
    })),
  );
}

const numbered = kinds.map((kind, index) => ({ ...kind, index }));

describe(`${REQUESTS} times at once with one Idempotency-Key`, () => {
  let asked: readonly Asked[];
  beforeAll(async () => {
    asked = await askForAll({ "idempotency-key": "one" });
  });

  test.each(numbered)(
    "$name is one effect and one answer, after a restart too",
    ({ index, status, once }) => {
      const { answers = [], effect, later, laterEffect } = asked[index] ?? {};
      expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
      expect(later).toMatchObject({ status, text: answers[0]?.text });
      expect(answers.filter(isReplayed)).toHaveLength(REQUESTS - 1);
      expect(later !== undefined && isReplayed(later)).toBe(true);
      expect([effect, laterEffect]).toEqual([once, once]);
    },
  );
});

const isReplayed = ({ headers }: Answer) => headers.get("idempotent-replayed") === "true";

describe(`${REQUESTS} times at once without a key`, () => {
  let asked: readonly Asked[];
  beforeAll(async () => {
    asked = await askForAll({});
  });

  test.each(numbered.filter((kind) => kind.repeatedStatus !== null))(
    "$name is one effect by its own id, after a restart too",
    ({ index, status, once, repeatedStatus }) => {
      const { answers = [], effect, later, laterEffect } = asked[index] ?? {};
      const first = answers
        .filter((answer) => answer.status !== repeatedStatus)
        .map((answer) => answer.status);
      expect(first).toEqual(status === 201 ? [201] : []);
      expect(later?.status).toBe(repeatedStatus);
      expect([effect, laterEffect]).toEqual([once, once]);
    },
  );
});

test(`artifacts put ${REQUESTS} times at once are there once`, async () => {
  const acme = await service.organization(10);
  await open(acme);
  const put = () =>
    acme.runtime.call("PUT", `${SESSIONS}/s/artifacts`, { recording_url: "https://example.com/a.wav" });
  const answers = await Promise.all(Array.from({ length: REQUESTS }, put));
  expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(200);
  expect(await count("session_artifact")(acme)).toBe(1);
});
