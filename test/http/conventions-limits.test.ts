import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { bearer, clientOf, keyOf, organizationOf, PASSWORD, signUp } from "./api-client.ts";
import { OPERATOR_KEY, startIdentityServer } from "./identity-server.ts";

test("more requests a minute than the limit are refused per person and per reading key, never for charging keys", async () => {
  const server = await startIdentityServer({ perCallerPerMinute: 8 });
  try {
    const owner = await signUp(server.url, "Olivia");
    const acme = await organizationOf(owner);
    const reading = await keyOf(owner, server.url, acme, ["read"]);
    const charging = await keyOf(owner, server.url, acme, ["charge", "read"]);
    const path = `/api/organizations/${acme}/members`;
    const statusesOf = async (client: typeof owner | typeof reading) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => client.get(path)));
      return answers.filter(({ status }) => status === 200).length;
    };
    expect(await statusesOf(reading)).toBe(8);
    expect(await statusesOf(charging)).toBe(20);
    // Three requests of the Owner's eight made the organization and the keys.
    expect(await statusesOf(owner)).toBe(5);
    const refused = await owner.get(path);
    expect(refused).toMatchObject({ status: 429, body: { code: "rate_limited" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    const operator = clientOf(server.url, bearer(OPERATOR_KEY));
    const answers = await Promise.all(Array.from({ length: 20 }, () => operator.get(path)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  } finally {
    await server.stop();
  }
});

test("more sign-ins a minute from one address than the limit are refused, the right password included", async () => {
  const server = await startIdentityServer({ signInsPerAddressPerMinute: 3 });
  try {
    const owner = await signUp(server.url, "Olivia");
    const signIn = (password: string) =>
      clientOf(server.url).post("/api/auth/sign-in", { email: owner.email, password });
    expect((await signIn("wrong")).status).toBe(401);
    expect((await signIn(PASSWORD)).status).toBe(200);
    const refused = await signIn(PASSWORD);
    expect(refused).toMatchObject({ status: 429, body: { code: "rate_limited" } });
    expect(refused.headers.get("retry-after")).not.toBeNull();
  } finally {
    await server.stop();
  }
});

test("without a database every answer that needs it is 503 with Retry-After, and the service works again with it", async () => {
  const server = await startIdentityServer();
  try {
    const owner = await signUp(server.url, "Olivia");
    const acme = await organizationOf(owner);
    const key = await keyOf(owner, server.url, acme, ["read"]);
    const anybody = clientOf(server.url);
    const create = () => owner.post("/api/organizations", { name: "Later" }, { "idempotency-key": "later" });
    server.gate.shut();
    const answers = [
      await owner.get("/api/me"),
      await clientOf(server.url, { cookie: owner.cookie }).get("/api/me"),
      await key.get(`/api/organizations/${acme}/members`),
      await anybody.post("/api/auth/sign-in", { email: owner.email, password: PASSWORD }),
      await anybody.post("/api/auth/sign-up/email", {
        name: "New",
        email: "new@example.com",
        password: PASSWORD,
      }),
      await clientOf(server.url, bearer(OPERATOR_KEY)).get(`/api/organizations/${acme}/settings`),
      await create(),
      await anybody.get("/readyz"),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 503, body: { code: "unavailable" } });
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect((await anybody.get("/healthz")).status).toBe(200);
    server.gate.open();
    expect((await anybody.get("/readyz")).status).toBe(200);
    expect((await create()).status).toBe(201);
  } finally {
    await server.stop();
  }
});

test("the log follows a request by its id and shows no secret", async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const server = await startIdentityServer({ logger: pino({ level: "trace" }, sink) });
  try {
    const owner = await signUp(server.url, "Olivia");
    const acme = await organizationOf(owner);
    const key = await keyOf(owner, server.url, acme, ["read"]);
    await key.get("/api/me", { "x-request-id": "trace-42" });
    const log = lines.join("");
    expect(log).toMatch(/"request_id":"trace-42".*"status":403/);
    for (const secret of [PASSWORD, owner.token, owner.cookie, key.key]) expect(log).not.toContain(secret);
  } finally {
    await server.stop();
  }
});

test("a route that does not say what it does keeps the server from starting", async () => {
  const extra = (routes: { get(path: string, handler: () => object): unknown }) => {
    routes.get("/api/forgotten", () => ({}));
  };
  await expect(startIdentityServer({ extra })).rejects.toThrow("/api/forgotten declares no action");
});
