import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { clientOf, PASSWORD } from "./api-client.ts";

let service: TestService;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  service = await startTestService();
  pool = createPool(service);
});
afterAll(async () => {
  await pool?.end();
  await service?.stop();
});

type InboxMail = { to: string; subject: string; text: string; html: string; headers: Record<string, string> };

async function inboxOf(address: string): Promise<InboxMail[]> {
  const { body } = await clientOf(service.url).get("/_dev/inbox");
  return body.data.filter(({ to }: InboxMail) => to === address);
}

const invite = (acme: TestOrganization, email: string, headers?: Record<string, string>) =>
  acme.owner.post(`/api/organizations/${acme.id}/members`, { email, role: "admin" }, headers);

async function mailsWritten(acme: TestOrganization): Promise<number> {
  const { rows } = await pool.query(
    "select count(*) from mail_delivery where org_id = $1 and kind = 'invitation'",
    [acme.id],
  );
  return Number(rows[0].count);
}

test("somebody without an account gets a mail whose link signs them up, and is a member then", async () => {
  const acme = await service.organization(1);
  await pool.query("update organization set name = $2 where id = $1", [
    acme.id,
    "Acme <b>Voice</b>\r\nBcc: x",
  ]);
  const address = "new+colleague@example.com";
  expect((await invite(acme, address)).status).toBe(201);
  await expect.poll(() => inboxOf(address)).toHaveLength(1);
  const [mail] = await inboxOf(address);
  expect(mail?.subject).toMatch(/ invites you to Acme <b>Voice<\/b> Bcc: x$/);
  expect(mail?.headers.bcc).toBeUndefined();
  expect(mail?.html).not.toContain("<b>");
  expect(mail?.text).toMatch(/Your role +Admin/);
  const [, link = ""] = /Create your account: (\S+)/.exec(mail?.text ?? "") ?? [];
  expect(link).toBe(`${service.url}/sign-up?email=new%2Bcolleague%40example.com`);
  const account = { name: "Nora", email: new URL(link).searchParams.get("email"), password: PASSWORD };
  expect((await clientOf(service.url).post("/api/auth/sign-up/email", account)).status).toBe(200);
  const { body } = await acme.owner.get(`/api/organizations/${acme.id}/members`);
  expect(body.data).toContainEqual(
    expect.objectContaining({ email: address, role: "admin", status: "active" }),
  );
});

test("the mail is written with the invitation: once for a key, again with a renewed one, never for a member", async () => {
  const acme = await service.organization(1);
  const once = { "idempotency-key": "invite" };
  await Promise.all([1, 2, 3].map(() => invite(acme, "once@example.com", once)));
  expect(await mailsWritten(acme)).toBe(1);
  await invite(acme, "once@example.com");
  expect(await mailsWritten(acme)).toBe(2);
  const other = await service.organization(1);
  const { body } = await other.owner.get("/api/me");
  expect((await invite(acme, body.user.email)).body.member.status).toBe("active");
  expect((await invite(acme, body.user.email)).status).toBe(409);
  expect(await mailsWritten(acme)).toBe(2);
});
