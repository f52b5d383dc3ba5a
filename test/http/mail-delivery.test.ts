import { afterAll, beforeAll, expect, test } from "vitest";
import { type MailServer, type ReceivedMail, startMailServer } from "../../sandbox/mail/mail-server.ts";
import { createPool } from "../../src/storage/database.ts";
import { startTestService, type TestService } from "../setup/service.ts";
import { clientOf } from "./api-client.ts";

let service: TestService;
let pool: ReturnType<typeof createPool>;
let server: MailServer;
const received: ReceivedMail[] = [];
let refuse: (mail: ReceivedMail) => number | null = () => null;

/** A server as they are: it takes a mail, or answers with a number. */
const accept = (mail: ReceivedMail) => {
  const responseCode = refuse(mail);
  if (responseCode !== null) throw Object.assign(new Error(`no, ${mail.to}`), { responseCode });
  received.push(mail);
};

beforeAll(async () => {
  server = await startMailServer(accept);
  service = await startTestService({
    SMTP_URL: server.smtpUrl,
    AIRTIME_MAIL_FROM: "Billing <billing@example.org>",
  });
  pool = createPool({ connectionString: service.connectionString, connectionsMax: 1 });
});

afterAll(async () => {
  await pool?.end();
  await service?.stop();
  await server?.stop();
});

/** Sends organizations below the threshold, and names whom mail has to reach. */
async function warn(names: readonly string[]): Promise<string[]> {
  const addresses: string[] = [];
  for (const name of names) {
    const { id, owner } = await service.organization(6);
    addresses.push(`${name}@example.com`);
    await owner.patch(`/api/organizations/${id}/settings`, { alert_emails: [addresses.at(-1)] });
    await service.operator.post("/api/billing/credits", {
      organization_id: id,
      credit_id: "down",
      kind: "adjustment",
      amount: -2,
      reason: "test",
    });
  }
  return addresses;
}

const reached = (addresses: readonly string[]) =>
  received
    .map(({ to }) => to)
    .filter((to) => addresses.includes(to))
    .sort();

test("a server that refuses half of the mails for the moment gets every one once", async () => {
  let count = 0;
  refuse = () => (++count % 2 === 1 ? 451 : null);
  const addresses = await warn(["half1", "half2", "half3", "half4"]);
  await expect.poll(() => reached(addresses), { timeout: 40_000 }).toEqual(addresses);
  refuse = () => null;
  expect(count).toBeGreaterThan(received.length);
  expect(received[0]?.from).toBe("billing@example.org");
});

test("mails wait while the server is away, and none is lost or doubled", async () => {
  await server.stop();
  const addresses = await warn(["away1", "away2", "away3"]);
  const tried = async () => {
    const { rows } = await pool.query(
      "select count(*)::integer as count from mail_delivery where status = 'pending' and reason is not null",
    );
    return rows[0].count;
  };
  await expect.poll(tried).toBeGreaterThan(0);
  const metrics = await clientOf(service.url).get("/metrics");
  expect(metrics.text).toMatch(/airtime_mail_pending [1-9]/);
  expect(metrics.text).toMatch(/airtime_outbox_lag_seconds\{reader="mail"\}/);
  server = await startMailServer(accept, server.port);
  await expect.poll(() => reached(addresses), { timeout: 40_000 }).toEqual(addresses);
});

test("an address that is refused for good is not tried again, and its refusal keeps no address", async () => {
  let attempts = 0;
  refuse = ({ to }) => {
    if (!to.startsWith("gone")) return null;
    attempts += 1;
    return 550;
  };
  await warn(["gone"]);
  const failed = async () => {
    const { rows } = await pool.query(
      "select kind, attempts, reason, sealed from mail_delivery where status = 'failed'",
    );
    return rows;
  };
  await expect
    .poll(failed)
    .toEqual([{ kind: "low", attempts: 1, reason: expect.not.stringContaining("gone@"), sealed: null }]);
  const others = await warn(["later"]);
  await expect.poll(() => reached(others)).toEqual(others);
  expect(attempts).toBe(1);
});

test("with a server of its own a demo has no inbox", async () => {
  expect((await clientOf(service.url).get("/_dev/inbox")).status).toBe(404);
});
