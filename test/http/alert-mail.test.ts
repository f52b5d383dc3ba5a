import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { clientOf } from "./api-client.ts";

let service: TestService;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  service = await startTestService();
  pool = createPool({ connectionString: service.connectionString, connectionsMax: 1 });
});

afterAll(async () => {
  await pool?.end();
  await service?.stop();
});

type InboxMail = { to: string; subject: string; text: string; html: string; headers: Record<string, string> };

async function inboxOf(address: string): Promise<InboxMail[]> {
  const { body } = await clientOf(service.url).get("/_dev/inbox");
  return body.data.filter(({ to }: InboxMail) => to === address).reverse();
}

let credits = 0;
async function give(organization: TestOrganization, amount: number): Promise<number> {
  credits += 1;
  const answer = await service.operator.post("/api/billing/credits", {
    organization_id: organization.id,
    credit_id: `c${credits}`,
    kind: "adjustment",
    amount,
    reason: "test",
  });
  return answer.body.transaction.balance_after;
}

/** Charges a finished chat at 0.001 a message. @returns the balance after it, or null where there is not enough. */
async function chat({ runtime }: TestOrganization, messages: number): Promise<number | null> {
  credits += 1;
  const event = { event_id: `chat${credits}`, agent_id: "agent_chat", architecture: "text", messages };
  const { status, body } = await runtime.post("/api/billing/usage", event);
  if (status === 402) return null;
  expect(status).toBe(201);
  return body.transaction.balance_after;
}

/** An organization with this balance whose alerts go to an address of its own beside the Owner's. */
async function watched(name: string, balance: number) {
  const organization = await service.organization(balance);
  const address = `${name}@example.com`;
  const { status } = await organization.owner.patch(`/api/organizations/${organization.id}/settings`, {
    alert_emails: [address],
  });
  expect(status).toBe(200);
  return { organization, address };
}

const subjectsOf = async (address: string) => (await inboxOf(address)).map(({ subject }) => subject);

describe("alert mail", () => {
  test("goes once to the Owner and the configured addresses, with what to do and how to end it", async () => {
    const { organization, address } = await watched("billing", 6);
    await give(organization, -1.5);
    await give(organization, -0.5);
    await give(organization, 0.7);
    await expect.poll(() => subjectsOf(address)).toHaveLength(1);
    const [mail] = await inboxOf(address);
    const { name } = await nameOf(organization.id);
    expect(mail?.subject).toBe(`Low balance: ${name} has $4.50 left`);
    expect(mail?.text).toMatch(/Balance +\$4\.50/);
    expect(mail?.text).toMatch(/Low balance threshold +\$5\.00/);
    expect(mail?.text).toContain(`${service.url}/billing?organization=${organization.id}&add=`);
    expect(mail?.html).toContain("Add Credits");
    expect(mail?.headers).toMatchObject({
      "list-unsubscribe": expect.stringContaining(`${service.url}/mail/unsubscribe?token=`),
      "list-unsubscribe-post": "List-Unsubscribe=One-Click",
    });
    await expect.poll(async () => (await inboxOf(await ownerEmail(organization.id))).length).toBe(1);
  });

  test("follows the balance down and back up", async () => {
    const { organization, address } = await watched("down", 6);
    for (const amount of [-2, -4, -4, 20]) await give(organization, amount);
    await expect
      .poll(() =>
        subjectsOf(address).then((subjects) => subjects.map((subject) => subject.split(":")[0]).sort()),
      )
      .toEqual(["Balance recovered", "Balance used up", "Calls are about to end", "Low balance"]);
    const critical = (await inboxOf(address)).find(({ subject }) => subject.startsWith("Calls are"));
    expect(critical?.headers["list-unsubscribe"]).toBeUndefined();
  });

  test("over 1,000 random charges and credits around the boundaries comes exactly once per crossing", async () => {
    const { organization, address } = await watched("random", 6);
    const random = seeded(20_261_124);
    const expected: string[] = [];
    const told = { worst: 0 };
    let balance = 6;
    let charges = 0;
    for (let index = 0; index < 1_000; index += 1) {
      const messages = Math.round((random() - 0.5 - balance / 200) * 12_000);
      if (messages < 0) charges += 1;
      const after =
        messages < 0 ? await chat(organization, -messages) : await give(organization, messages / 1_000);
      // What would go below the floor is refused, and nothing has changed.
      if (after === null) continue;
      expected.push(...crossing(balance, after, told));
      balance = after;
    }
    expect(charges).toBeGreaterThan(400);
    expect(expected.length).toBeGreaterThan(100);
    const kinds = async () => (await subjectsOf(address)).map((subject) => subject.split(":")[0]).sort();
    await expect.poll(kinds, { timeout: 40_000 }).toEqual(expected.sort());
  }, 150_000);

  test("an organization's name cannot add a header or a recipient", async () => {
    const { organization, address } = await watched("injection", 6);
    await pool.query("update organization set name = $2 where id = $1", [
      organization.id,
      "Evil\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>",
    ]);
    await give(organization, -2);
    await expect.poll(() => subjectsOf(address)).toHaveLength(1);
    const [mail] = await inboxOf(address);
    expect(mail?.subject).toBe(
      "Low balance: Evil Bcc: victim@example.com <script>alert(1)</script> has $4.00 left",
    );
    expect(mail?.headers.bcc).toBeUndefined();
    expect(mail?.html).not.toContain("<script>");
    expect(await inboxOf("victim@example.com")).toEqual([]);
  });

  test("is kept encrypted until it is sent, and forgotten then", async () => {
    const { organization, address } = await watched("sealed", 6);
    await give(organization, -2);
    await expect.poll(() => subjectsOf(address)).toHaveLength(1);
    const deliveries = async () => {
      const { rows } = await pool.query("select status, sealed from mail_delivery where org_id = $1", [
        organization.id,
      ]);
      return rows;
    };
    const sent = { status: "sent", sealed: null };
    await expect.poll(deliveries).toEqual([sent, sent]);
  });
});

describe("unsubscribing", () => {
  const linkOf = async (address: string) => {
    await expect.poll(() => subjectsOf(address)).not.toEqual([]);
    const [mail] = await inboxOf(address);
    const [, url = ""] = /<(.*)>/.exec(mail?.headers["list-unsubscribe"] ?? "") ?? [];
    return url.replace(service.url, "");
  };

  test("with one click ends the warnings to that address alone, and not the news that calls stop", async () => {
    const { organization, address } = await watched("leaver", 6);
    await give(organization, -2);
    const link = await linkOf(address);
    const anybody = clientOf(service.url);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await anybody.get(link)).text).toContain('<form method="post"');
    expect((await anybody.call("POST", link, "List-Unsubscribe=One-Click", form)).status).toBe(200);
    for (const amount of [20, -20, -5]) await give(organization, amount);
    await expect.poll(() => subjectsOf(address)).toHaveLength(2);
    expect((await subjectsOf(address))[1]).toMatch(/^Balance used up/);
    const owner = await ownerEmail(organization.id);
    await expect.poll(async () => (await inboxOf(owner)).length).toBe(4);

    expect((await anybody.post(link.replace("/unsubscribe", "/subscribe"))).status).toBe(200);
    await give(organization, 30);
    await expect.poll(() => subjectsOf(address)).toHaveLength(3);
  });

  test("is refused for a token that was not made here", async () => {
    const { organization, address } = await watched("forger", 6);
    await give(organization, -2);
    const link = await linkOf(address);
    const forged = link.replace(/token=org_/, "token=org_0");
    expect((await clientOf(service.url).post(forged)).status).toBe(422);
    expect((await clientOf(service.url).get(forged)).status).toBe(422);
  });
});

test("the inbox is a page for people too", async () => {
  const { organization, address } = await watched("reader", 6);
  await give(organization, -2);
  await expect.poll(() => subjectsOf(address)).toHaveLength(1);
  const list = await clientOf(service.url).get("/_dev/inbox", { accept: "text/html" });
  expect(list.text).toContain(address);
  const [, path = ""] = /href="(\/_dev\/inbox\/\d+)"/.exec(list.text) ?? [];
  const mail = await clientOf(service.url).get(path);
  expect(mail.text).toContain("Low balance: ");
  expect((await clientOf(service.url).get("/_dev/inbox/999999")).status).toBe(404);
});

async function nameOf(organizationId: string): Promise<{ name: string }> {
  const { rows } = await pool.query("select name from organization where id = $1", [organizationId]);
  return rows[0];
}

async function ownerEmail(organizationId: string): Promise<string> {
  const { rows } = await pool.query(
    "select p.email from member m join person p on p.id = m.user_id where m.org_id = $1 and m.role = 'owner'",
    [organizationId],
  );
  return rows[0].email;
}

const KINDS = ["Low balance", "Balance used up", "Calls are about to end"] as const;

/** An independent account of one change: which mail it brings. */
function crossing(before: number, after: number, told: { worst: number }): string[] {
  const reached = after >= 5 ? 0 : after > 0 ? 1 : after > -4 ? 2 : 3;
  if (reached === 0) {
    const hadTold = told.worst > 0;
    told.worst = 0;
    return hadTold ? ["Balance recovered"] : [];
  }
  if (after >= before || reached <= told.worst) return [];
  told.worst = reached;
  return [KINDS[reached - 1] ?? ""];
}

/** Numbers from 0 to 1 that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
