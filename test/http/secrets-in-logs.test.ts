import pg from "pg";
import { expect, test } from "vitest";
import { createLogger } from "../../src/http/logger.ts";
import { startTestService, type TestService } from "../setup/service.ts";
import { bearer, clientOf, cookieOf } from "./api-client.ts";

const PLANTED = {
  "secret key": "planted secret key of thirty-two characters",
  password: "planted password",
  "wrong password": "planted wrong password",
  "wrong key": "air_live_plantedwrongkey",
  transcript: "planted transcript",
  address: "planted.address@example.com",
};

test("a service that logs everything, faults included, logs no secret and nothing of what people wrote", async () => {
  const lines: string[] = [];
  const log = createLogger("trace", { write: (line: string) => void lines.push(line) });
  const service = await startTestService({ AIRTIME_SECRET_KEY: PLANTED["secret key"] }, log);
  const secrets = new Map(Object.entries(PLANTED));
  try {
    const { demo } = service;
    for (const [name, secret] of Object.entries(await signInEveryWay(service))) secrets.set(name, secret);
    secrets.set("operator key", demo.operator_key);
    secrets.set("payment secret", demo.webhook_secret);
    secrets.set("demo's key", demo.api_key);
    const owner = clientOf(service.url, bearer(secrets.get("session token") ?? ""));
    for (const [name, secret] of Object.entries(await tryEverything(service, owner)))
      secrets.set(name, secret);
  } finally {
    await service.stop();
  }
  const text = lines.join("");
  expect(text).toContain("a request failed");
  expect(secrets.size).toBeGreaterThan(11);
  for (const [name, secret] of secrets) {
    expect(secret.length, name).toBeGreaterThan(8);
    expect(text.includes(secret), name).toBe(false);
  }
});

/** Signs up, in with a wrong password, and comes with a cookie and with a wrong key. */
async function signInEveryWay({ url }: TestService): Promise<Record<string, string>> {
  const anybody = clientOf(url);
  const account = { name: "Olivia", email: PLANTED.address, password: PLANTED.password };
  const signedUp = await anybody.post("/api/auth/sign-up/email", account);
  await anybody.post("/api/auth/sign-in", { email: account.email, password: PLANTED["wrong password"] });
  await clientOf(url, { cookie: cookieOf(signedUp) }).get("/api/me");
  await clientOf(url, bearer(PLANTED["wrong key"])).get("/api/me");
  return { "session token": signedUp.body.token, cookie: cookieOf(signedUp).split("=")[1] ?? "" };
}

/** Makes a key and a webhook, has a call with a transcript, forges a payment, and meets a fault of the database's. */
async function tryEverything(service: TestService, owner: ReturnType<typeof clientOf>) {
  const { url } = service;
  const { body: created } = await owner.post("/api/organizations", { name: "Acme" });
  const organization = `/api/organizations/${created.organization.id}`;
  const { body: made } = await owner.post(`${organization}/api-keys`, {
    name: "key",
    scopes: ["charge", "read"],
  });
  const hook = { url: "http://127.0.0.1:9/hook", events: ["credit.added"] };
  const { body: hooked } = await owner.post(`${organization}/webhooks`, hook);
  await owner.post(`${organization}/webhooks/${hooked.webhook.id}/test`);
  const runtime = clientOf(url, bearer(made.api_key.key));
  await runtime.post("/api/billing/sessions", {
    session_id: "call",
    agent_id: "a",
    architecture: "pipeline",
  });
  const ended = await runtime.post("/api/billing/sessions/call/end", {
    duration_seconds: 1,
    transcript: [{ role: "user", text: PLANTED.transcript, at_seconds: 0 }],
  });
  expect(ended.status, ended.text).toBe(200);
  const forged = { "x-signature": "0".repeat(64) };
  await clientOf(url).post("/lemon-squeezy/webhook", { planted: PLANTED.transcript }, forged);
  await refuseKeys(service.connectionString);
  const faulty = await owner.post(`${organization}/api-keys`, { name: PLANTED.transcript, scopes: ["read"] });
  expect(faulty.status).toBe(500);
  return { "api key": String(made.api_key.key), "webhook's secret": String(hooked.webhook.secret) };
}

/** So that a new key breaks a rule, and PostgreSQL would tell the row. */
async function refuseKeys(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("alter table api_key add constraint none check (created_at < '2000-01-01') not valid");
  await client.end();
}
