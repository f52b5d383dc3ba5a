import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestService } from "../setup/service.ts";
import { clientOf } from "./api-client.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

type InboxMail = { to: string; subject: string; text: string; headers: Record<string, string> };

async function inboxOf(address: string): Promise<InboxMail[]> {
  const { body } = await clientOf(service.url).get("/_dev/inbox");
  return body.data.filter(({ to }: InboxMail) => to === address).reverse();
}

test("a limit that comes near and is reached is mailed once each, with its amounts and how to end such mails", async () => {
  const acme = await service.organization(50);
  const address = "limits@example.com";
  const settings = `/api/organizations/${acme.id}/settings`;
  const set = (limit: number) =>
    acme.owner.patch(settings, {
      alert_emails: [address],
      spend_limits: [{ scope: "agent", subject: "agent_1", period: "day", limit }],
    });
  expect((await set(0.73)).status).toBe(200);
  const minute = { agent_id: "agent_1", architecture: "pipeline", duration_seconds: 60 };
  for (let index = 1; index <= 12; index += 1)
    await acme.runtime.post("/api/billing/usage", { event_id: `e${index}`, ...minute });
  const subjects = async () =>
    (await inboxOf(address)).map(({ subject }) => subject.split(" of Organization")[0]);
  await expect
    .poll(subjects, { timeout: 30_000 })
    .toEqual(["Spend limit nearly reached: agent agent_1", "Spend limit reached: agent agent_1"]);
  const [near, reached] = await inboxOf(address);
  expect(near?.subject).toContain("has used $0.58 of $0.73 today");
  expect(reached?.text).toMatch(/Limit +\$0\.73 a day/);
  expect(reached?.text).toMatch(/Begins anew +\d{4}-\d\d-\d\d 00:00 UTC/);
  expect(reached?.headers["list-unsubscribe"]).toContain(`${service.url}/mail/unsubscribe?token=`);
  // Raised, it is told of again when it comes near again.
  await set(1);
  await acme.runtime.post("/api/billing/usage", { event_id: "more", ...minute });
  await expect.poll(subjects, { timeout: 30_000 }).toHaveLength(3);
});
