import pg from "pg";
import { expect, test } from "vitest";
import { createLogger } from "../../src/http/logger.ts";
import { startTestService } from "../setup/service.ts";
import { bearer, clientOf, cookieOf } from "./api-client.ts";

test("a service that logs everything, faults included, logs no secret and nothing of what people wrote", async () => {
  const lines: string[] = [];
  const log = createLogger("trace", { write: (line: string) => void lines.push(line) });
  const secrets: Record<string, string> = {
    "secret key": "planted secret key of thirty-two characters",
    password: "planted password",
    "wrong password": "planted wrong password",
    transcript: "planted transcript",
    "wrong key": "air_live_plantedwrongkey",
    email: "planted.address@example.com",
  };
  const service = await startTestService({ AIRTIME_SECRET_KEY: secrets["secret key"] ?? "" }, log);
  try {
    const { url, demo } = service;
    Object.assign(secrets, {
      "operator key": demo.operator_key,
      "webhook secret": demo.webhook_secret,
      "demo key": demo.api_key,
    });
    const account = { name: "Olivia", email: secrets.email, password: secrets.password };
    const signedUp = await clientOf(url).post("/api/auth/sign-up/email", account);
    secrets.token = signedUp.body.token;
    secrets.cookie = cookieOf(signedUp).split("=")[1] ?? "";
    const owner = clientOf(url, bearer(signedUp.body.token));
    await clientOf(url).post("/api/auth/sign-in", {
      email: account.email,
      password: secrets["wrong password"],
    });
    await clientOf(url, { cookie: cookieOf(signedUp) }).get("/api/me");
    await clientOf(url, bearer(secrets["wrong key"] ?? "")).get("/api/me");
    const { body: created } = await owner.post("/api/organizations", { name: "Acme" });
    const organization = `/api/organizations/${created.organization.id}`;
    const { body: made } = await owner.post(`${organization}/api-keys`, {
      name: "runtime",
      scopes: ["charge", "read"],
    });
    secrets["api key"] = made.api_key.key;
    const hook = { url: "http://127.0.0.1:9/hook", events: ["credit.added"] };
    const { body: hooked } = await owner.post(`${organization}/webhooks`, hook);
    secrets["outbound webhook's secret"] = hooked.webhook.secret;
    await owner.post(`${organization}/webhooks/${hooked.webhook.id}/test`);
    const runtime = clientOf(url, bearer(made.api_key.key));
    const call = { session_id: "call", agent_id: "agent", architecture: "pipeline" };
    await runtime.post("/api/billing/sessions", call);
    await runtime.post("/api/billing/sessions/call/end", {
      duration_seconds: 1,
      transcript: [{ role: "user", text: secrets.transcript, at_seconds: 0 }],
    });
    await clientOf(url).post(
      "/lemon-squeezy/webhook",
      { planted: secrets.transcript },
      { "x-signature": "0".repeat(64) },
    );
    await breakTable(service.connectionString);
    // Both meet a fault of the database's, with what they sent in its hands.
    const faulty = await owner.post(`${organization}/api-keys`, {
      name: "planted transcript",
      scopes: ["read"],
    });
    expect(faulty.status).toBe(500);
    await owner.post(`${organization}/members`, { email: secrets.email });
  } finally {
    await service.stop();
  }
  const text = lines.join("");
  expect(lines.length).toBeGreaterThan(5);
  expect(text).toContain("a request failed");
  const leaked = Object.entries(secrets).filter(([, secret]) => secret.length > 0 && text.includes(secret));
  expect(leaked.map(([name]) => name)).toEqual([]);
  expect(Object.values(secrets).every((secret) => secret.length > 8)).toBe(true);
});

/** So that a new key breaks a rule, and PostgreSQL would tell the row. */
async function breakTable(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(
    "alter table api_key add constraint no_more_keys check (created_at < '2000-01-01') not valid",
  );
  await client.end();
}
