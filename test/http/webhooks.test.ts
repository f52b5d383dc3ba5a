import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { clientOf, type Person, signUp } from "./api-client.ts";

let service: TestService;
let acme: TestOrganization;
let other: TestOrganization;
let admin: Person;
let member: Person;
let path: string;

beforeAll(async () => {
  service = await startTestService();
  [admin, member] = await Promise.all([signUp(service.url, "Adam"), signUp(service.url, "Mia")]);
});
afterAll(() => service?.stop());

beforeEach(async () => {
  [acme, other] = [await service.organization(5), await service.organization(5)];
  const members = `/api/organizations/${acme.id}/members`;
  await acme.owner.post(members, { email: admin.email, role: "admin" });
  await acme.owner.post(members, { email: member.email });
  path = `/api/organizations/${acme.id}/webhooks`;
});

// Nothing is ever sent there in these tests.
const URL = "http://127.0.0.1:9/hook";
const draft = { url: URL, events: ["credit.added"] };

async function added(body: object = draft): Promise<string> {
  const answer = await acme.owner.post(path, body);
  expect(answer.status).toBe(201);
  return answer.body.webhook.id;
}

describe("adding a webhook", () => {
  test("shows its secret, once", async () => {
    const answer = await admin.post(path, { url: URL, events: ["credit.low", "credit.added", "credit.low"] });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        success: true,
        webhook: {
          id: expect.stringMatching(/^whk_/),
          url: URL,
          events: ["credit.low", "credit.added"],
          secret: expect.stringMatching(/^whsec_[\w+/]{32}$/),
          enabled: true,
        },
      },
    });
    const { secret, ...shown } = answer.body.webhook;
    expect((await member.get(path)).body).toEqual({
      success: true,
      data: [shown],
      total: 1,
      limit: 1,
      offset: 0,
    });
    expect((await member.get(`${path}/${shown.id}`)).body).toEqual({ success: true, webhook: shown });
    const second = await added();
    expect((await admin.get(path)).body.data.map(({ id }: { id: string }) => id)).toEqual([shown.id, second]);
  });

  test("again under the same Idempotency-Key makes one, and shows the same secret", async () => {
    const headers = { "idempotency-key": "hook" };
    const [first, second] = [await admin.post(path, draft, headers), await admin.post(path, draft, headers)];
    expect(second.text).toBe(first.text);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect((await admin.get(path)).body.total).toBe(1);
    const reused = await admin.post(path, { ...draft, url: `${URL}/2` }, headers);
    expect(reused).toMatchObject({ status: 409, body: { code: "idempotency_key_reused" } });
  });

  test.each([
    [{ ...draft, url: "nowhere" }, "url"],
    [{ ...draft, url: "ftp://example.com/" }, "url"],
    [{ ...draft, url: "https://user:password@example.com/" }, "url"],
    [{ ...draft, url: "https://10.1.2.3/" }, "url"],
    [{ ...draft, url: "http://169.254.169.254/latest/meta-data" }, "url"],
    [{ ...draft, url: `https://example.com/${"x".repeat(2_048)}` }, "url"],
    [{ ...draft, events: [] }, "events"],
    [{ ...draft, events: ["credit.stolen"] }, "events.0"],
    [{ ...draft, secret: "whsec_mine" }, "secret"],
  ])("refuses %j", async (body, wrong) => {
    const answer = await acme.owner.post(path, body);
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid", errors: [{ path: wrong }] } });
  });

  test("ends at twenty, also when all come at once", async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, () => acme.owner.post(path, draft)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const answer of refused)
      expect(answer).toMatchObject({ status: 409, body: { code: "webhook_limit_reached" } });
  });
});

describe("a webhook", () => {
  test("is changed in what is given, turned off and on again", async () => {
    const id = await added();
    const change = (body: object) => admin.patch(`${path}/${id}`, body);
    expect((await change({ events: ["session.settled"] })).body.webhook).toMatchObject({
      url: URL,
      events: ["session.settled"],
    });
    expect((await change({ url: "https://example.com/in" })).body.webhook).toMatchObject({
      url: "https://example.com/in",
      events: ["session.settled"],
    });
    expect((await change({ enabled: false })).body.webhook).toMatchObject({
      enabled: false,
      disabled_reason: "requested",
    });
    expect((await change({ enabled: true })).body.webhook).toMatchObject({
      enabled: true,
      disabled_reason: null,
    });
    expect(await change({ url: "https://192.168.0.1/" })).toMatchObject({ status: 422 });
    expect(await change({ events: ["nothing"] })).toMatchObject({ status: 422 });
  });

  test("gets a new secret, and says how long the old one signs too", async () => {
    const id = await added();
    const rotated = await admin.post(`${path}/${id}/rotate-secret`);
    expect(rotated).toMatchObject({
      status: 200,
      body: { webhook: { secret: expect.stringMatching(/^whsec_/) } },
    });
    const hoursLeft = (Date.parse(rotated.body.webhook.old_secret_until) - Date.now()) / 3_600_000;
    expect(Math.round(hoursLeft)).toBe(24);
  });

  test("is gone when it was removed", async () => {
    const id = await added();
    expect(await admin.remove(`${path}/${id}`)).toMatchObject({ status: 200, body: { success: true } });
    expect((await admin.remove(`${path}/${id}`)).status).toBe(404);
    expect((await admin.get(path)).body.data).toEqual([]);
  });
});

/** Every route of one webhook. */
const ROUTES = [
  { method: "GET", below: "" },
  { method: "PATCH", below: "", body: { enabled: true } },
  { method: "POST", below: "/rotate-secret" },
  { method: "POST", below: "/test" },
  { method: "GET", below: "/deliveries" },
  { method: "GET", below: "/deliveries/del_none" },
  { method: "POST", below: "/deliveries/del_none/resend" },
  { method: "DELETE", below: "" },
];
const readable = new Set(["GET "]);

describe.each(ROUTES)("$method /webhooks/{id}$below", ({ method, below, body }) => {
  test("refuses strangers, and Members where it changes or tells more", async () => {
    const id = await added();
    const call = (client: Pick<Person, "call">, at = path) =>
      client.call(method, `${at}/${id}${below}`, body);
    expect(await call(clientOf(service.url))).toMatchObject({
      status: 401,
      body: { code: "unauthenticated" },
    });
    expect(await call(other.owner)).toMatchObject({ status: 404 });
    // Their own organization has no such webhook.
    const elsewhere = `/api/organizations/${other.id}/webhooks`;
    expect(await call(other.owner, elsewhere)).toMatchObject({ status: 404, body: { code: "not_found" } });
    const status = readable.has(`${method} ${below}`) ? 200 : 403;
    expect(await call(member)).toMatchObject({ status });
    expect(await call(acme.runtime)).toMatchObject({ status });
  });

  test("takes Owner, Admin, operator and a key with the scope admin", async () => {
    for (const client of [acme.owner, admin, service.operator, await acme.key(["admin"])]) {
      const id = await added();
      const expected = below.includes("del_none") ? 404 : below === "/test" ? 201 : 200;
      expect((await client.call(method, `${path}/${id}${below}`, body)).status).toBe(expected);
    }
  });
});

test("Members and reading keys see the webhooks of their organization, and add none", async () => {
  for (const client of [member, acme.runtime]) {
    expect((await client.get(path)).status).toBe(200);
    expect(await client.post(path, draft)).toMatchObject({ status: 403, body: { code: "forbidden" } });
  }
  expect((await other.owner.get(path)).status).toBe(404);
  expect((await other.owner.post(path, draft)).status).toBe(404);
});
