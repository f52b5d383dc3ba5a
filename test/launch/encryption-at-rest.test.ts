import { createHmac, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startDemoProcess } from "../e2e/demo-process.ts";
import { bearer, clientOf } from "../http/api-client.ts";

/** What nobody may find who reads the disk, planted through the API. Source: brief.md, Access, audit, protection. */
const marker = (what: string) => `${what}-${randomBytes(12).toString("hex")}`;
const SECRETS = {
  transcript: marker("transcript"),
  recording: marker("recording"),
  analysis: marker("analysis"),
  webhookBody: marker("buyer"),
  userAgent: marker("agent"),
  runtimeAddress: "198.51.100.77",
  operatorAddress: "2001:db8::7a7a",
  wrongAddress: "203.0.113.201",
  // Words of a mail that stand nowhere else in the database.
  mailText: "Low balance threshold ",
  mailLink: "List-Unsubscribe",
};
/** What is stored as it is: without it, a search that finds nothing would prove nothing. */
const PLAIN = { agent: marker("plainagent"), description: marker("plaintext") };

test("addresses, content of sessions, webhook bodies and mails are nowhere in the database's files and log", async () => {
  const demo = await startDemoProcess({ AIRTIME_TRUSTED_PROXIES: "127.0.0.0/8,::1" });
  onTestFinished(() => demo.stop());
  const from = (address: string, key: string) => ({
    "x-forwarded-for": address,
    "user-agent": SECRETS.userAgent,
    "idempotency-key": key,
  });
  const runtime = clientOf(demo.baseUrl, bearer(demo.demo.api_key));
  const operator = clientOf(demo.baseUrl, bearer(demo.demo.operator_key));

  const session = { session_id: "planted", agent_id: PLAIN.agent, architecture: "pipeline" };
  expect(
    (await runtime.post("/api/billing/sessions", session, from(SECRETS.runtimeAddress, "open"))).status,
  ).toBe(201);
  const ended = await runtime.post(
    "/api/billing/sessions/planted/end",
    {
      duration_seconds: 60,
      transcript: [{ role: "caller", text: SECRETS.transcript }],
      recording_url: `https://recordings.example/${SECRETS.recording}.wav`,
      analysis: { summary: SECRETS.analysis },
    },
    from(SECRETS.runtimeAddress, "end"),
  );
  expect(ended.body.transaction.ip_address).toBe(SECRETS.runtimeAddress);

  const { body: balance } = await operator.get(`/api/billing/balance/${demo.demo.organization_id}`);
  const lowered = await operator.post(
    "/api/billing/credits",
    {
      organization_id: demo.demo.organization_id,
      credit_id: "lower",
      kind: "adjustment",
      amount: Math.round((2 - balance.balance) * 10_000) / 10_000,
      description: PLAIN.description,
      reason: "a low balance",
    },
    from(SECRETS.operatorAddress, "lower"),
  );
  expect(lowered.body.transaction.ip_address).toBe(SECRETS.operatorAddress);
  const mails = async () => (await clientOf(demo.baseUrl).get("/_dev/inbox")).text;
  await expect.poll(mails).toContain(SECRETS.mailText);

  const body = JSON.stringify({
    meta: { event_name: "something_new" },
    data: { buyer: SECRETS.webhookBody },
  });
  const signature = createHmac("sha256", demo.demo.webhook_secret).update(body).digest("hex");
  const webhook = clientOf(demo.baseUrl).call("POST", "/lemon-squeezy/webhook", body, {
    "x-signature": signature,
  });
  expect((await webhook).status).toBe(200);

  const stranger = { email: demo.demo.users[0]?.email, password: "wrong" };
  const refused = await clientOf(demo.baseUrl).post(
    "/api/auth/sign-in",
    stranger,
    from(SECRETS.wrongAddress, "sign-in"),
  );
  expect(refused.status).toBe(401);

  // Repeated: what was kept of the answers is used.
  const again = await runtime.post("/api/billing/sessions", session, from(SECRETS.runtimeAddress, "open"));
  expect(again.headers.get("idempotent-replayed")).toBe("true");

  // Stopping the server writes all that is in memory to its files, and leaves its log.
  await demo.interrupt();
  const wanted = { ...SECRETS, ...PLAIN };
  const found = Object.entries(wanted).filter(([, text]) => isInFiles(join(demo.dataDir, "postgres"), text));
  expect(found.map(([name]) => name)).toEqual(Object.keys(PLAIN));
}, 180_000);

function isInFiles(directory: string, text: string): boolean {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text));
}
