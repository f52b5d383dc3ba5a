import { createHmac, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type DemoProcess, startDemoProcess } from "../e2e/demo-process.ts";
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
  signInAddress: "203.0.113.201",
  // Words of a mail that stand nowhere else in the database.
  mailText: "Low balance threshold ",
  mailLink: "List-Unsubscribe",
};
/** What is stored as it is: without it, a search that finds nothing would prove nothing. */
const PLAIN = { agent: marker("plainagent"), description: marker("plaintext") };

test("addresses, content of sessions, webhook bodies and mails are nowhere in the database's files and log", async () => {
  const demo = await startDemoProcess({ AIRTIME_TRUSTED_PROXIES: "127.0.0.0/8,::1" });
  onTestFinished(() => demo.stop());
  await plantSession(demo);
  await plantMail(demo);
  await plantWebhook(demo);
  await plantSignIns(demo);
  // Stopping the server writes all that is in memory to its files, and leaves its log.
  await demo.interrupt();
  const wanted = { ...SECRETS, ...PLAIN };
  const found = Object.entries(wanted).filter(([, text]) => isInFiles(join(demo.dataDir, "postgres"), text));
  expect(found.map(([name]) => name)).toEqual(Object.keys(PLAIN));
}, 180_000);

const from = (address: string, key: string) => ({
  "x-forwarded-for": address,
  "user-agent": SECRETS.userAgent,
  "idempotency-key": key,
});

/** A call with all its content, whose answers are kept, and used. */
async function plantSession({ baseUrl, demo }: DemoProcess): Promise<void> {
  const runtime = clientOf(baseUrl, bearer(demo.api_key));
  const session = { session_id: "planted", agent_id: PLAIN.agent, architecture: "pipeline" };
  const end = {
    duration_seconds: 60,
    transcript: [{ role: "caller", text: SECRETS.transcript }],
    recording_url: `https://recordings.example/${SECRETS.recording}.wav`,
    analysis: { summary: SECRETS.analysis },
  };
  for (const isReplayed of [null, "true"]) {
    const opened = await runtime.post("/api/billing/sessions", session, from(SECRETS.runtimeAddress, "open"));
    expect([opened.status, opened.headers.get("idempotent-replayed")]).toEqual([201, isReplayed]);
    const at = "/api/billing/sessions/planted/end";
    const ended = await runtime.post(at, end, from(SECRETS.runtimeAddress, "end"));
    expect(ended.body.transaction.ip_address).toBe(SECRETS.runtimeAddress);
    expect(ended.headers.get("idempotent-replayed")).toBe(isReplayed);
  }
}

async function plantMail({ baseUrl, demo }: DemoProcess): Promise<void> {
  const operator = clientOf(baseUrl, bearer(demo.operator_key));
  const { body } = await operator.get(`/api/billing/balance/${demo.organization_id}`);
  const lowered = {
    organization_id: demo.organization_id,
    credit_id: "lower",
    kind: "adjustment",
    amount: Math.round((2 - body.balance) * 10_000) / 10_000,
    description: PLAIN.description,
    reason: "a low balance",
  };
  const answer = await operator.post("/api/billing/credits", lowered, from(SECRETS.operatorAddress, "lower"));
  expect(answer.body.transaction.ip_address).toBe(SECRETS.operatorAddress);
  await expect
    .poll(async () => (await clientOf(baseUrl).get("/_dev/inbox")).text)
    .toContain(SECRETS.mailText);
}

async function plantWebhook({ baseUrl, demo }: DemoProcess): Promise<void> {
  const body = JSON.stringify({
    meta: { event_name: "something_new" },
    data: { buyer: SECRETS.webhookBody },
  });
  const signature = createHmac("sha256", demo.webhook_secret).update(body).digest("hex");
  const headers = { "x-signature": signature };
  const { status } = await clientOf(baseUrl).call("POST", "/lemon-squeezy/webhook", body, headers);
  expect(status).toBe(200);
}

async function plantSignIns({ baseUrl, demo }: DemoProcess): Promise<void> {
  const [owner] = demo.users;
  const signIn = async (password = "") => {
    const person = { email: owner?.email, password };
    const headers = from(SECRETS.signInAddress, `sign-in ${password}`);
    return (await clientOf(baseUrl).post("/api/auth/sign-in", person, headers)).status;
  };
  expect(await signIn("wrong")).toBe(401);
  expect(await signIn(owner?.password)).toBe(200);
}

function isInFiles(directory: string, text: string): boolean {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text));
}
