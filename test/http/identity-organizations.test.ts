import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, type Client, clientOf, keyOf, organizationOf, type Person, signUp } from "./api-client.ts";
import { type IdentityServer, OPERATOR_KEY, startIdentityServer } from "./identity-server.ts";

let server: IdentityServer;
let owner: Person;
let admin: Person;
let member: Person;
let stranger: Person;
let operator: Client;
let acme: string;

beforeAll(async () => {
  server = await startIdentityServer();
  [owner, admin, member, stranger] = await Promise.all([
    signUp(server.url, "Olivia"),
    signUp(server.url, "Adam"),
    signUp(server.url, "Mia"),
    signUp(server.url, "Stan"),
  ]);
  operator = clientOf(server.url, bearer(OPERATOR_KEY));
  acme = await organizationOf(owner);
  await owner.post(`/api/organizations/${acme}/members`, { email: admin.email, role: "admin" });
  await owner.post(`/api/organizations/${acme}/members`, { email: member.email });
});
afterAll(() => server.stop());

describe("organizations", () => {
  test("a new one belongs to who made it, and its account is open when the answer arrives", async () => {
    const answer = await owner.post("/api/organizations", { name: "  New Voice  " });
    const { id } = answer.body.organization;
    expect(answer).toMatchObject({
      status: 201,
      body: { success: true, organization: { name: "New Voice", role: "owner" } },
    });
    expect(id).toMatch(/^org_/);
    expect(server.openedAccounts.filter((opened) => opened === id)).toHaveLength(1);
    expect((await owner.get("/api/organizations")).body.data).toContainEqual({
      id,
      name: "New Voice",
      role: "owner",
    });
  });

  test("a name is required, and nothing but a name", async () => {
    // The database takes neither NUL nor half a surrogate pair.
    for (const name of [" ", "a\0b", "\ud800"])
      expect((await owner.post("/api/organizations", { name })).body.errors).toMatchObject([
        { path: "name" },
      ]);
    expect((await owner.post("/api/organizations", { name: "A", plan: "x" })).body.errors).toEqual([
      { path: "plan", message: "Unknown field" },
    ]);
    expect((await owner.post("/api/organizations")).status).toBe(422);
  });

  test("neither keys nor the operator own one", async () => {
    const key = await keyOf(owner, server.url, acme, ["admin", "read", "charge"]);
    expect((await key.post("/api/organizations", { name: "A" })).body.code).toBe("forbidden");
    expect((await operator.post("/api/organizations", { name: "A" })).body.code).toBe("forbidden");
    expect((await clientOf(server.url).post("/api/organizations", { name: "A" })).status).toBe(401);
  });
});

describe("an Idempotency-Key", () => {
  test("makes one organization however often and however many at once", async () => {
    const headers = { "idempotency-key": "create-1" };
    const create = () => owner.post("/api/organizations", { name: "Once" }, headers);
    const answers = await Promise.all(Array.from({ length: 12 }, create));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const replayed = answers.filter((answer) => answer.headers.get("idempotent-replayed") === "true");
    expect(replayed).toHaveLength(11);
    const { rows } = await server.pool.query("select id from organization where name = 'Once'");
    expect(rows).toHaveLength(1);
  });

  test("with another body is refused", async () => {
    const headers = { "idempotency-key": "create-2" };
    await owner.post("/api/organizations", { name: "One" }, headers);
    const answer = await owner.post("/api/organizations", { name: "Other" }, headers);
    expect(answer).toMatchObject({ status: 409, body: { code: "idempotency_key_reused" } });
  });

  test("is somebody's own", async () => {
    const headers = { "idempotency-key": "create-3" };
    const mine = await owner.post("/api/organizations", { name: "Same" }, headers);
    const theirs = await stranger.post("/api/organizations", { name: "Same" }, headers);
    expect(theirs.status).toBe(201);
    expect(theirs.body.organization.id).not.toBe(mine.body.organization.id);
  });

  test("repeats a new key's only showing without keeping the key readable", async () => {
    const headers = { "idempotency-key": "key-1" };
    const body = { name: "Shown", scopes: ["read"] };
    const first = await owner.post(`/api/organizations/${acme}/api-keys`, body, headers);
    const second = await owner.post(
      `/api/organizations/${acme}/api-keys`,
      { scopes: ["read"], name: "Shown" },
      headers,
    );
    expect(second.text).toBe(first.text);
    const { rows } = await server.pool.query("select body from idempotency where key = 'key-1'");
    expect(rows[0].body).not.toContain(first.body.api_key.key);
    expect(Buffer.from(rows[0].body, "base64").toString("latin1")).not.toContain(first.body.api_key.key);
  });

  test("keeps no refusal", async () => {
    const headers = { "idempotency-key": "member-1" };
    const path = `/api/organizations/${acme}/members`;
    const late = { email: "late@example.com", role: "member" };
    await owner.post(path, late);
    const person = await signUp(server.url, "Late");
    expect((await owner.post(path, late, headers)).body.code).toBe("already_member");
    await owner.remove(`${path}/${person.id}`);
    expect((await owner.post(path, late, headers)).status).toBe(201);
  });

  test("has at most 255 characters", async () => {
    const answer = await owner.post(
      "/api/organizations",
      { name: "A" },
      { "idempotency-key": "k".repeat(256) },
    );
    expect(answer.body.errors).toMatchObject([{ path: "Idempotency-Key" }]);
  });
});

describe("another organization's data", () => {
  test.each([
    ["GET", "members", undefined],
    ["POST", "members", { email: "x@example.com" }],
    ["GET", "api-keys", undefined],
    ["POST", "api-keys", { name: "x", scopes: ["charge"] }],
    ["GET", "settings", undefined],
    ["PATCH", "settings", { low_balance_threshold: 1 }],
    ["POST", "transfer-ownership", { user_id: "x" }],
  ])(
    "%s %s is not found by a stranger, their key, or anybody when it does not exist",
    async (method, path, body) => {
      const theirs = await organizationOf(stranger, "Elsewhere");
      const key = await keyOf(stranger, server.url, theirs, ["charge", "read", "admin"]);
      for (const client of [stranger, key]) {
        const answer = await client.call(method, `/api/organizations/${acme}/${path}`, body);
        expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
      }
      expect((await operator.call(method, `/api/organizations/org_none/${path}`, body)).status).toBe(404);
      expect(
        (await clientOf(server.url).call(method, `/api/organizations/${acme}/${path}`, body)).status,
      ).toBe(401);
    },
  );

  test("a stranger cannot revoke a key by naming their own organization", async () => {
    const key = await keyOf(owner, server.url, acme, ["read"]);
    const theirs = await organizationOf(stranger, "Elsewhere");
    expect((await stranger.remove(`/api/organizations/${theirs}/api-keys/${key.id}`)).status).toBe(404);
    expect((await key.get(`/api/organizations/${acme}/members`)).status).toBe(200);
  });
});

describe("API keys", () => {
  test("a new one is shown once, and only its hash is kept", async () => {
    const path = `/api/organizations/${acme}/api-keys`;
    const answer = await admin.post(path, { name: "Voice runtime", scopes: ["charge", "read", "charge"] });
    const { key, ...shown } = answer.body.api_key;
    expect(key).toMatch(/^air_test_[0-9A-Za-z]{32}$/);
    expect(shown).toMatchObject({
      name: "Voice runtime",
      scopes: ["charge", "read"],
      prefix: key.slice(0, 13),
    });
    const listed = await member.get(path);
    expect(listed.text).not.toContain(key);
    expect(listed.body.data).toContainEqual({ ...shown, last_used_at: null, revoked_at: null });
    const { rows } = await server.pool.query("select * from api_key where id = $1", [shown.id]);
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  test("a member makes none, a key makes one only with the scope admin", async () => {
    const path = `/api/organizations/${acme}/api-keys`;
    const body = { name: "x", scopes: ["read"] };
    expect((await member.post(path, body)).body.code).toBe("forbidden");
    const reader = await keyOf(owner, server.url, acme, ["read", "charge"]);
    expect((await reader.post(path, body)).body.code).toBe("forbidden");
    const manager = await keyOf(owner, server.url, acme, ["admin"]);
    expect((await manager.post(path, body)).status).toBe(201);
    expect((await operator.post(path, body)).status).toBe(201);
  });

  test("a role is refused before a mistake in the fields is", async () => {
    const path = `/api/organizations/${acme}/api-keys`;
    expect((await member.post(path, { scopes: ["all"] })).status).toBe(403);
    const answer = await owner.post(path, { name: "x", scopes: ["all"], expires: 1 });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(["scopes.0", "expires"]);
  });

  test("a revoked one is nobody's from the next request on", async () => {
    const key = await keyOf(owner, server.url, acme, ["read"]);
    const path = `/api/organizations/${acme}/api-keys`;
    expect((await key.get(path)).status).toBe(200);
    expect(await owner.remove(`${path}/${key.id}`)).toMatchObject({ status: 200, body: { success: true } });
    expect((await key.get(path)).body.code).toBe("unauthenticated");
    expect((await owner.remove(`${path}/${key.id}`)).status).toBe(404);
    const listed = await owner.get(path);
    const row = listed.body.data.find(({ id }: { id: string }) => id === key.id);
    expect(row.revoked_at).not.toBeNull();
    expect(row.last_used_at).not.toBeNull();
  });

  test("one revoked by another process, which cannot tell this one, is nobody's while it is being used", async () => {
    const key = await keyOf(owner, server.url, acme, ["read"]);
    const path = `/api/organizations/${acme}/api-keys`;
    expect((await key.get(path)).status).toBe(200);
    await server.pool.query("update api_key set revoked_at = now() where org_id = $1 and id = $2", [
      acme,
      key.id,
    ]);
    await expect.poll(async () => (await key.get(path)).status, { timeout: 20_000 }).toBe(401);
  });

  test("an unknown key and a token of no session are nobody's", async () => {
    for (const token of ["air_test_0123456789abcdef", "a-token", "a.b", "%"]) {
      expect((await clientOf(server.url, bearer(token)).get("/api/me")).status).toBe(401);
    }
    expect((await clientOf(server.url, { authorization: "Basic b3A6" }).get("/api/me")).status).toBe(401);
  });
});

describe("settings", () => {
  const settings = () => `/api/organizations/${acme}/settings`;

  test("everybody reads them, the Owner changes all but the grace limit", async () => {
    expect((await member.get(settings())).body.settings).toMatchObject({
      grace_limit: 5,
      low_balance_threshold: 5,
    });
    const change = {
      low_balance_threshold: 12.3456,
      alert_emails: ["a@example.com"],
      spend_limits: [{ scope: "agent", subject: "agent_1", period: "day", limit: 5 }],
    };
    const answer = await owner.patch(settings(), change);
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, settings: { ...change, grace_limit: 5 } },
    });
    expect((await admin.patch(settings(), change)).body.code).toBe("forbidden");
    expect((await member.patch(settings(), change)).body.code).toBe("forbidden");
  });

  test("the grace limit is the operator's, whatever else is wrong", async () => {
    expect((await owner.patch(settings(), { grace_limit: "much" })).body.code).toBe("forbidden");
    expect((await operator.patch(settings(), { grace_limit: 7.5 })).body.settings.grace_limit).toBe(7.5);
  });

  test.each([
    { low_balance_threshold: -1 },
    { low_balance_threshold: 0.00001 },
    { low_balance_threshold: "5" },
    { alert_emails: ["nobody"] },
    { low_balance: 5 },
    { spend_limits: [{ scope: "agent", period: "day", limit: 5 }] },
    { spend_limits: [{ scope: "organization", subject: "acme", period: "day", limit: 5 }] },
    { spend_limits: [{ scope: "organization", period: "week", limit: 5 }] },
    { spend_limits: [{ scope: "organization", period: "day", limit: -1 }] },
    { spend_limits: [1, 2].map((limit) => ({ scope: "organization", period: "day", limit })) },
  ])("%j is invalid", async (change) => {
    expect(await owner.patch(settings(), change)).toMatchObject({ status: 422, body: { code: "invalid" } });
  });
});
