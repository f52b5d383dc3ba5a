import { getMigrations } from "better-auth/db/migration";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBetterAuth } from "../../src/http/better-auth.ts";
import { bearer, clientOf, cookieOf, organizationOf, PASSWORD, type Person, signUp } from "./api-client.ts";
import { type IdentityServer, startIdentityServer } from "./identity-server.ts";

let server: IdentityServer;
let owner: Person;

beforeAll(async () => {
  server = await startIdentityServer();
  owner = await signUp(server.url, "Olivia");
});
afterAll(() => server.stop());

describe("signing up and in", () => {
  test("the tables have every column the sign-in library uses", async () => {
    const { options } = createBetterAuth({
      pool: server.pool,
      baseUrl: "http://airtime.test",
      secretKey: "any",
      newId: String,
      findInvitedOrganization: async () => null,
    });
    const plan = await getMigrations(options);
    expect({ created: plan.toBeCreated, added: plan.toBeAdded }).toEqual({ created: [], added: [] });
  });

  test("a person gets an id of ours and no readable password is stored", async () => {
    expect(owner.id).toMatch(/^usr_[0-9a-z]{26}$/);
    const { rows } = await server.pool.query("select password from person_credential where user_id = $1", [
      owner.id,
    ]);
    expect(rows[0].password).not.toContain(PASSWORD);
  });

  test.each(["/api/auth/sign-in/email", "/api/auth/sign-in"])(
    "%s answers a token and sets the cookie",
    async (path) => {
      const answer = await clientOf(server.url).post(path, { email: owner.email, password: PASSWORD });
      expect(answer).toMatchObject({ status: 200, body: { success: true, user: { id: owner.id } } });
      const cookie = answer.headers.getSetCookie()[0];
      expect(cookie).toMatch(/^airtime\.session_token=.*HttpOnly.*SameSite=Lax/);
      const byToken = await clientOf(server.url, bearer(answer.body.token)).get("/api/me");
      const byCookie = await clientOf(server.url, { cookie: cookieOf(answer) }).get("/api/me");
      expect(byToken.body.user).toEqual({ id: owner.id, name: "Olivia", email: owner.email });
      expect(byCookie.body).toEqual(byToken.body);
    },
  );

  test("a wrong password and an unknown address are refused alike", async () => {
    const anybody = clientOf(server.url);
    const wrong = await anybody.post("/api/auth/sign-in/email", {
      email: owner.email,
      password: "not the one",
    });
    const unknown = await anybody.post("/api/auth/sign-in/email", {
      email: "no@example.com",
      password: "not the one",
    });
    expect(wrong).toMatchObject({ status: 401, body: { code: "unauthenticated", success: false } });
    expect(unknown).toMatchObject({
      status: 401,
      body: { code: "unauthenticated", detail: wrong.body.detail },
    });
  });

  test("a taken address, a short password and an unknown field are refused", async () => {
    const anybody = clientOf(server.url);
    const account = { name: "Olivia", email: owner.email, password: PASSWORD };
    const taken = await anybody.post("/api/auth/sign-up/email", account);
    expect(taken).toMatchObject({ status: 422, body: { code: "invalid" } });
    const short = await anybody.post("/api/auth/sign-up/email", { ...account, password: "short" });
    expect(short.body.errors).toMatchObject([{ path: "password" }]);
    const unknown = await anybody.post("/api/auth/sign-up/email", { ...account, admin: true });
    expect(unknown.body.errors).toMatchObject([{ path: "admin" }]);
  });

  test("a session ends with signing out", async () => {
    const person = await signUp(server.url, "Leaver");
    const out = await clientOf(server.url, { cookie: person.cookie }).post("/api/auth/sign-out");
    expect(out).toMatchObject({ status: 200, body: { success: true } });
    expect((await person.get("/api/me")).status).toBe(401);
  });

  test("a cookie with a changed signature is nobody's", async () => {
    const forged = `${owner.cookie.slice(0, -6)}AAA%3D`;
    expect((await clientOf(server.url, { cookie: forged }).get("/api/me")).status).toBe(401);
  });

  test("an expired session is nobody's", async () => {
    const person = await signUp(server.url, "Expired");
    await server.pool.query("update person_session set expires_at = now() where user_id = $1", [person.id]);
    expect((await person.get("/api/me")).status).toBe(401);
  });

  test("the password changes only with the present one", async () => {
    const person = await signUp(server.url, "Changer");
    const change = { currentPassword: "wrong one", newPassword: "another battery" };
    expect((await person.post("/api/auth/change-password", change)).status).toBeGreaterThanOrEqual(401);
    const right = await person.post("/api/auth/change-password", { ...change, currentPassword: PASSWORD });
    expect(right.status).toBe(200);
    const body = { email: person.email, password: "another battery" };
    expect((await clientOf(server.url).post("/api/auth/sign-in/email", body)).status).toBe(200);
  });

  test("sessions are listed and ended everywhere else", async () => {
    const person = await signUp(server.url, "Everywhere");
    const second = await clientOf(server.url).post("/api/auth/sign-in", {
      email: person.email,
      password: PASSWORD,
    });
    const sessions = await person.get("/api/auth/list-sessions");
    expect(sessions.body.data).toHaveLength(2);
    expect(sessions.text).not.toContain(second.body.token);
    expect((await person.post("/api/auth/revoke-other-sessions")).status).toBe(200);
    expect((await clientOf(server.url, bearer(second.body.token)).get("/api/me")).status).toBe(401);
    expect((await person.get("/api/auth/get-session")).status).toBe(200);
  });

  test.each([
    ["POST", "/api/auth/organization/create"],
    ["POST", "/api/auth/organization/invite-member"],
    ["POST", "/api/auth/organization/update-member-role"],
    ["POST", "/api/auth/organization/add-member"],
    ["POST", "/api/auth/delete-user"],
    ["GET", "/api/auth/ok"],
  ])("%s %s of the library is not reachable", async (method, path) => {
    const answer = await owner.call(method, path, method === "POST" ? {} : undefined);
    expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});

describe("pages of another origin", () => {
  const foreign = { origin: "https://evil.example" };

  test("a cookie they send changes nothing", async () => {
    const page = clientOf(server.url, { cookie: owner.cookie });
    const answer = await page.post("/api/organizations", { name: "Stolen" }, foreign);
    expect(answer).toMatchObject({ status: 403, body: { code: "foreign_origin" } });
  });

  test("they sign nobody in", async () => {
    const answer = await clientOf(server.url).post(
      "/api/auth/sign-in",
      { email: owner.email, password: PASSWORD },
      foreign,
    );
    expect(answer).toMatchObject({ status: 403, body: { code: "foreign_origin" } });
  });

  test("the page itself, a key and a request without any Origin are not they", async () => {
    const page = clientOf(server.url, { cookie: owner.cookie });
    const change = { name: "Olivia" };
    expect((await page.post("/api/auth/update-user", change, { origin: server.url })).status).toBe(200);
    expect((await page.post("/api/auth/update-user", change, { origin: "http://airtime.test" })).status).toBe(
      200,
    );
    expect((await page.post("/api/auth/update-user", change)).status).toBe(200);
    expect((await owner.post("/api/auth/update-user", change, foreign)).status).toBe(200);
    expect((await page.get("/api/me", foreign)).status).toBe(200);
  });
});

describe("the active organization", () => {
  test("is the one joined first until another is chosen", async () => {
    const person = await signUp(server.url, "Several");
    expect((await person.get("/api/me")).body).toMatchObject({
      organizations: [],
      active_organization_id: null,
    });
    const first = await organizationOf(person, "First");
    const second = await organizationOf(person, "Second");
    expect((await person.get("/api/me")).body).toMatchObject({
      active_organization_id: first,
      role: "owner",
    });
    const chosen = await person.post("/api/auth/organization/set-active", { organizationId: second });
    expect(chosen.status).toBe(200);
    expect((await person.get("/api/me")).body.active_organization_id).toBe(second);
  });

  test("cannot be somebody else's", async () => {
    const theirs = await organizationOf(owner);
    const stranger = await signUp(server.url, "Stranger");
    const answer = await stranger.post("/api/auth/organization/set-active", { organizationId: theirs });
    expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});
