import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { bearer, type Client, clientOf, keyOf, organizationOf, PASSWORD, signUp } from "./api-client.ts";

let service: TestService;
let acme: TestOrganization;

beforeAll(async () => {
  service = await startTestService({ AIRTIME_TRUSTED_PROXIES: "127.0.0.2" });
  acme = await service.organization(10);
});
afterAll(() => service.stop());

/** The log as its Owner reads it, newest first. */
async function logOf(owner: Client, filter = ""): Promise<readonly Entry[]> {
  const answer = await owner.get(`/api/billing/audit?limit=1000&${filter}`);
  expect(answer).toMatchObject({ status: 200, body: { success: true, limit: 1000, offset: 0 } });
  return answer.body.data;
}

type Entry = {
  readonly seq: number;
  readonly action: string;
  readonly result: string;
  readonly count: number;
  readonly actor: { readonly type: string; readonly id: string | null; readonly name: string | null };
  readonly ip_address: string | null;
  readonly [field: string]: unknown;
};

describe("a change is written down in full", () => {
  test("a member's new role: who, what, before and after, when, from where", async () => {
    const member = await signUp(service.url, "Marcus");
    const path = `/api/organizations/${acme.id}/members`;
    await acme.owner.post(path, { email: member.email, role: "member" });
    const before = Date.now();
    await acme.owner.call("PATCH", `${path}/${member.id}`, { role: "admin" }, { "user-agent": "Studio/1.0" });
    const [entry] = await logOf(acme.owner, "action=manage_members");
    expect(entry).toMatchObject({
      actor: { type: "user", name: expect.stringContaining("Owner") },
      operation: "PATCH /api/organizations/:id/members/:user_id",
      description: "Change a member's role",
      subject: member.id,
      result: "ok",
      count: 1,
      ip_address: "127.0.0.1",
      user_agent: "Studio/1.0",
      before: { member: { role: "member" } },
      after: { member: { role: "admin" } },
    });
    expect(Date.parse(String(entry?.at))).toBeGreaterThanOrEqual(before);
  });

  test("a key made and revoked, without the key", async () => {
    const key = await keyOf(acme.owner, service.url, acme.id, ["read"]);
    await acme.owner.remove(`/api/organizations/${acme.id}/api-keys/${key.id}`);
    const [revoked, made] = await logOf(acme.owner, "action=manage_api_keys");
    expect(made).toMatchObject({ subject: key.id, after: { api_key: { name: "Runtime", key: "[secret]" } } });
    expect(revoked).toMatchObject({
      subject: key.id,
      before: { api_key: { name: "Runtime", revoked_at: null } },
    });
  });

  test("settings and webhooks, before and after", async () => {
    await acme.owner.patch(`/api/organizations/${acme.id}/settings`, { low_balance_threshold: 7.5 });
    const [settings] = await logOf(acme.owner, "action=change_billing_settings");
    expect(settings).toMatchObject({
      before: { settings: { low_balance_threshold: 5 } },
      after: { settings: { low_balance_threshold: 7.5 } },
    });
    const webhook = { url: "http://127.0.0.1:9/hook", events: ["credit.added"] };
    const added = await acme.owner.post(`/api/organizations/${acme.id}/webhooks`, webhook);
    const [entry] = await logOf(acme.owner, "action=manage_webhooks");
    expect(entry).toMatchObject({ subject: added.body.webhook.id, after: { webhook: { url: webhook.url } } });
    expect(JSON.stringify(entry)).not.toContain(added.body.webhook.secret);
  });

  test("credits and prices of the operator's, in the organization's own log", async () => {
    const credit = { credit_id: "audited", kind: "manual_grant", amount: 3, reason: "goodwill" };
    await service.operator.post("/api/billing/credits", { organization_id: acme.id, ...credit });
    const price = await service.operator.post("/api/billing/price-versions", {
      organization_id: acme.id,
      reason: "a friend",
      rates: [{ component: "llm", architecture: "pipeline", rate: 0.005 }],
    });
    expect(price.status, price.text).toBe(201);
    const entries = await logOf(acme.owner, "actor_id=operator");
    expect(entries.find(({ action }) => action === "grant_credits")).toMatchObject({
      actor: { type: "operator", name: "Operator" },
      after: { transaction: { amount: 3 } },
    });
    const priced = entries.find(({ action }) => action === "change_prices");
    expect(priced).toMatchObject({ result: "ok", after: { version: price.body.version } });
  });

  test("a checkout, without the way to pay it", async () => {
    const packages = await acme.owner.get("/api/billing/packages");
    const checkout = await acme.owner.post("/api/billing/checkout", {
      variant_id: packages.body.data[0].variant_id,
    });
    expect(checkout.status).toBe(200);
    const [entry] = await logOf(acme.owner, "action=buy");
    expect(entry).toMatchObject({ subject: checkout.body.checkout_id, after: { checkout_url: "[secret]" } });
  });

  test("once, however often it is sent with one Idempotency-Key", async () => {
    const send = () =>
      acme.owner.post(
        `/api/organizations/${acme.id}/api-keys`,
        { name: "once", scopes: ["read"] },
        { "idempotency-key": "audit-once" },
      );
    await send();
    expect((await send()).headers.get("idempotent-replayed")).toBe("true");
    const entries = await logOf(acme.owner, "action=manage_api_keys");
    expect(entries.filter(({ after }) => JSON.stringify(after).includes('"once"'))).toHaveLength(1);
  });

  test("in a new organization from its first moment on", async () => {
    const founder = await signUp(service.url, "Freya");
    const organizationId = await organizationOf(founder, "Founded");
    const entries = await logOf(founder);
    expect(entries.at(-1)).toMatchObject({
      seq: 1,
      action: "create_organization",
      after: { organization: { id: organizationId, name: "Founded" } },
    });
  });
});

describe("what was refused is written down too", () => {
  test("a change that a role or a scope does not allow", async () => {
    const admin = await service.signIn("admin");
    const owner = await service.signIn("owner");
    const { variant_id } = (await admin.get("/api/billing/packages")).body.data[0];
    expect((await admin.post("/api/billing/checkout", { variant_id })).status).toBe(403);
    expect((await admin.get("/api/billing/audit")).status).toBe(403);
    const [entry] = await logOf(owner, "action=buy");
    expect(entry).toMatchObject({ result: "owner_only", input: { variant_id } });
    const [looked] = (await logOf(owner, "action=view_audit")).filter(({ result }) => result !== "ok");
    expect(looked).toMatchObject({ result: "forbidden", operations: { "GET /api/billing/audit": 1 } });
  });

  test("whoever charges without the scope for it, while charging itself is the ledger's", async () => {
    const { seq: last = 0 } = (await logOf(acme.owner))[0] ?? {};
    const usage = { event_id: "e1", agent_id: "a", architecture: "text", messages: 1 };
    expect((await acme.runtime.post("/api/billing/usage", usage)).status).toBe(201);
    expect((await acme.owner.post("/api/billing/usage", { ...usage, event_id: "e2" })).status).toBe(403);
    const entries = (await logOf(acme.owner)).filter(({ seq, action }) => seq > last && action === "charge");
    expect(entries).toMatchObject([{ actor: { type: "user" }, result: "forbidden", count: 1 }]);
  });

  test("somebody else's organization, in the log of whoever asked", async () => {
    expect((await acme.owner.get(`/api/billing/balance/${service.demo.organization_id}`)).status).toBe(404);
    const refused = (await logOf(acme.owner, "action=view_billing")).filter(({ result }) => result !== "ok");
    expect(refused).toMatchObject([{ result: "not_found", actor: { type: "user" } }]);
  });
});

describe("sign-ins", () => {
  test("and failed attempts are in the log of the person's organization", async () => {
    const person = await signUp(service.url, "Petra");
    await organizationOf(person, "Petra's");
    const signIn = (password: string) =>
      clientOf(service.url).post("/api/auth/sign-in", { email: person.email, password });
    expect((await signIn("a wrong one")).status).toBe(401);
    const signedIn = await signIn(PASSWORD);
    await clientOf(service.url, bearer(signedIn.body.token)).post("/api/auth/sign-out");
    const [out, success, attempt] = await logOf(person);
    expect(out).toMatchObject({ action: "sign_out", actor: { type: "user", id: person.id }, result: "ok" });
    expect(success).toMatchObject({
      action: "sign_in",
      actor: { type: "user", id: person.id, name: "Petra" },
    });
    expect(attempt).toMatchObject({
      action: "sign_in",
      actor: { type: "anonymous", id: null },
      subject: person.id,
      result: "unauthenticated",
      input: { email: person.email },
      ip_address: "127.0.0.1",
    });
    expect(JSON.stringify([out, success, attempt])).not.toContain("a wrong one");
  });

  test("of people without an organization and wrong keys are the operator's to read, and nobody else's", async () => {
    await clientOf(service.url).post("/api/auth/sign-in", { email: "nobody@example.com", password: "x" });
    await clientOf(service.url, bearer("air_live_wrong")).get("/api/billing/summary");
    const path = "/api/billing/audit/platform?limit=1000";
    const { body } = await service.operator.get(path);
    expect(body.data).toContainEqual(
      expect.objectContaining({ action: "sign_in", input: { email: "nobody@example.com" } }),
    );
    expect(body.data).toContainEqual(
      expect.objectContaining({ action: "authenticate", result: "unauthenticated" }),
    );
    expect((await acme.owner.get(path)).status).toBe(403);
  });

  test("a changed password and sessions ended elsewhere are written down, without passwords", async () => {
    const person = await signUp(service.url, "Quentin");
    await organizationOf(person, "Quentin's");
    const change = { currentPassword: PASSWORD, newPassword: "another long one" };
    expect((await person.post("/api/auth/change-password", change)).status).toBe(200);
    expect((await person.post("/api/auth/revoke-other-sessions", {})).status).toBe(200);
    const entries = await logOf(person);
    expect(entries.slice(0, 2)).toMatchObject([{ action: "sign_out" }, { action: "change_password" }]);
    expect(JSON.stringify(entries)).not.toContain("another long one");
  });
});

describe("reads", () => {
  test("are counted by who, action and hour, with the routes they took", async () => {
    const reader = await acme.key(["read"]);
    for (let times = 0; times < 5; times += 1) await reader.get("/api/billing/history");
    await reader.get("/api/billing/export");
    const [me] = (await logOf(acme.owner, "action=manage_api_keys")).slice(0, 1);
    const entries = (await logOf(acme.owner, `actor_id=${String(me?.subject)}`)).filter(
      ({ action }) => action === "view_billing",
    );
    const counts = entries.map(({ operations }) => Object(operations));
    const sum = (operation: string) => counts.reduce((total, one) => total + (one[operation] ?? 0), 0);
    expect(sum("GET /api/billing/history")).toBe(5);
    expect(sum("GET /api/billing/export")).toBe(1);
    // One when it was first seen, one for the rest, and one more where the hour ended in between.
    expect(entries.length).toBeLessThanOrEqual(4);
  });
});

describe("where a request came from", () => {
  test("is its connection's address, whatever X-Forwarded-For says", async () => {
    await acme.owner.call(
      "POST",
      `/api/organizations/${acme.id}/api-keys`,
      { name: "spoofed", scopes: ["read"] },
      { "x-forwarded-for": "203.0.113.7", "x-real-ip": "203.0.113.7", forwarded: "for=203.0.113.7" },
    );
    const [entry] = await logOf(acme.owner, "action=manage_api_keys");
    expect(entry).toMatchObject({ after: { api_key: { name: "spoofed" } }, ip_address: "127.0.0.1" });
  });
});

test("a trusted proxy's word is believed as far as the first address that is no proxy", async () => {
  const behind = await startTestService({ AIRTIME_TRUSTED_PROXIES: "127.0.0.1,10.0.0.0/8" });
  try {
    const { id, owner } = await behind.organization(1);
    const change = { name: "proxied", scopes: ["read"] };
    const forwarded = { "x-forwarded-for": "198.51.100.9, 203.0.113.7, 10.1.2.3" };
    await owner.post(`/api/organizations/${id}/api-keys`, change, forwarded);
    const [entry] = await logOf(owner, "action=manage_api_keys");
    expect(entry).toMatchObject({ after: { api_key: { name: "proxied" } }, ip_address: "203.0.113.7" });
  } finally {
    await behind.stop();
  }
});

test("the log is filtered by time and paged, and exported as CSV and JSON", async () => {
  const all = await logOf(acme.owner);
  const until = String(all[2]?.at);
  const earlier = await logOf(acme.owner, `to=${encodeURIComponent(until)}`);
  expect(earlier.every(({ at }) => Date.parse(String(at)) < Date.parse(until))).toBe(true);
  const page = await acme.owner.get("/api/billing/audit?limit=2&offset=1&action=manage_members");
  expect(page.body.data).toHaveLength(1);
  expect(page.body).toMatchObject({ total: 2, limit: 2, offset: 1 });
  const json = await acme.owner.get("/api/billing/audit/export?format=json&action=manage_members");
  expect(json.body.data.map(({ seq }: Entry) => seq)).toEqual(
    (await logOf(acme.owner, "action=manage_members")).map(({ seq }) => seq).reverse(),
  );
  const csv = await acme.owner.get("/api/billing/audit/export");
  expect(csv.headers.get("content-disposition")).toBe('attachment; filename="audit.csv"');
  expect(csv.text.split("\r\n")[0]).toBe(
    "seq,id,at,until,action,operation,subject,result,count,actor_type,actor_id,actor_name,ip_address,user_agent,before,after",
  );
});

test("what is stored names nobody and no address: that is sealed", async () => {
  const client = new pg.Client({ connectionString: service.connectionString });
  await client.connect();
  try {
    const { rows } = await client.query("select row_to_json(audit_event)::text as row from audit_event");
    const stored = rows.map(({ row }) => row).join("\n");
    expect(rows.length).toBeGreaterThan(20);
    for (const personal of ["127.0.0.1", "Studio/1.0", "nobody@example.com", "Marcus", "Petra"])
      expect(stored).not.toContain(personal);
  } finally {
    await client.end();
  }
});

test("reads that were counted are written when the service stops", async () => {
  const person = await signUp(service.url, "Rosa");
  const organizationId = await organizationOf(person, "Rosa's");
  for (let times = 0; times < 3; times += 1) await person.get(`/api/billing/balance/${organizationId}`);
  await service.restart();
  const entries = await logOf(person, "action=view_billing");
  expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(3);
});
