import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { clientOf } from "./api-client.ts";
import { type Receiver, startReceiver } from "./webhook-receiver.ts";

let service: TestService;
let pool: ReturnType<typeof createPool>;
let acme: TestOrganization;
let receiver: Receiver;
let at: string;

beforeAll(async () => {
  service = await startTestService();
  pool = createPool({ connectionString: service.connectionString, connectionsMax: 1 });
});
afterAll(async () => {
  await pool?.end();
  await service?.stop();
});

beforeEach(async () => {
  acme = await service.organization(10);
  receiver = await startReceiver();
  onTestFinished(() => receiver.stop());
  const path = `/api/organizations/${acme.id}/webhooks`;
  const { body } = await acme.owner.post(path, {
    url: `${receiver.url}?token=hidden`,
    events: ["credit.added"],
  });
  at = `${path}/${body.webhook.id}`;
});

let credits = 0;
async function give(): Promise<void> {
  credits += 1;
  await service.operator.post("/api/billing/credits", {
    organization_id: acme.id,
    credit_id: `c${credits}`,
    kind: "adjustment",
    amount: 1,
    reason: "test",
  });
}

const webhook = async () => (await acme.owner.get(at)).body.webhook;
const deliveries = async () => (await acme.owner.get(`${at}/deliveries`)).body.data;
const polled = { timeout: 30_000 };

async function mailsToOwner(): Promise<{ subject: string; text: string }[]> {
  const { rows } = await pool.query(
    "select p.email from member m join person p on p.id = m.user_id where m.org_id = $1 and m.role = 'owner'",
    [acme.id],
  );
  const { body } = await clientOf(service.url).get("/_dev/inbox");
  return body.data.filter(
    ({ to, subject }: { to: string; subject: string }) =>
      to === rows[0].email && subject.startsWith("Webhook"),
  );
}

test("a webhook that took nothing for three days is turned off, and its Owner gets one mail", async () => {
  receiver.answerWith(500);
  await give();
  await expect.poll(async () => (await deliveries())[0]?.attempts, polled).toBe(1);
  expect((await webhook()).enabled).toBe(true);
  await pool.query(
    "update webhook_endpoint set failing_since = now() - interval '73 hours' where org_id = $1",
    [acme.id],
  );
  await give();
  await expect.poll(async () => (await webhook()).disabled_reason, polled).toBe("failing");
  expect(await deliveries()).toMatchObject([
    { status: "failed", error: "The webhook was turned off." },
    { status: "failed", error: "The webhook was turned off." },
  ]);
  await expect.poll(async () => (await mailsToOwner()).length, polled).toBe(1);
  const [mail] = await mailsToOwner();
  expect(mail?.text).toContain("It took no event for three days");
  expect(mail?.text).toContain(`127.0.0.1:${receiver.port}`);
  expect(mail?.text).not.toContain("hidden");
});

test("a webhook that took something in between is not", async () => {
  receiver.answerWith(500);
  await give();
  await expect.poll(async () => (await deliveries())[0]?.attempts, polled).toBe(1);
  receiver.answerWith(204);
  await give();
  await expect.poll(async () => (await deliveries())[0]?.status, polled).toBe("delivered");
  expect(await webhook()).toMatchObject({ enabled: true, failing_since: null });
});

test("410 Gone turns a webhook off at once", async () => {
  receiver.answerWith(410);
  await give();
  await expect.poll(async () => (await webhook()).disabled_reason, polled).toBe("gone");
  expect(await deliveries()).toMatchObject([
    { status: "failed", response_status: 410, error: "It answered 410." },
  ]);
  await expect.poll(async () => (await mailsToOwner()).length, polled).toBe(1);
});

test("turned off it is told nothing, and turned on again what comes then; a missed event can be sent anew", async () => {
  receiver.answerWith(500);
  await give();
  await expect.poll(async () => (await deliveries())[0]?.attempts, polled).toBe(1);
  await acme.owner.patch(at, { enabled: false });
  const [missed] = await deliveries();
  expect(missed).toMatchObject({ status: "failed", error: "The webhook was turned off." });
  receiver.answerWith(204);
  await give();
  for (const call of [`${at}/test`, `${at}/deliveries/${missed.id}/resend`])
    expect(await acme.owner.post(call)).toMatchObject({ status: 409, body: { code: "webhook_disabled" } });
  await acme.owner.patch(at, { enabled: true });
  await give();
  const delivered = async () =>
    (await deliveries()).filter(({ status }: { status: string }) => status === "delivered").length;
  await expect.poll(delivered, polled).toBe(1);
  expect((await acme.owner.post(`${at}/deliveries/${missed.id}/resend`)).status).toBe(201);
  await expect.poll(delivered, polled).toBe(2);
  // The failure, what came when it was on again, and the one sent anew: nothing of the time between.
  expect(receiver.events().map(({ data }) => data.balance)).toEqual([11, 13, 11]);
  expect(await mailsToOwner()).toEqual([]);
});
