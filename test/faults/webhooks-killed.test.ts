import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { WEBHOOK_PLACES } from "../../src/application/webhook-ports.ts";
import { give } from "../../src/domain/charging/world.fixture.ts";
import { createOrganizationVault } from "../../src/storage/organization-vault.ts";
import { createWebhookStore } from "../../src/storage/webhooks/webhook-store.ts";
import { isSignedWith, startReceiver } from "../http/webhook-receiver.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { scriptProcesses } from "../setup/script-process.ts";

let ledger: TestLedger;
let senders: Awaited<ReturnType<typeof scriptProcesses>>;

beforeAll(async () => {
  ledger = await openTestLedger();
  senders = await scriptProcesses("test/faults/webhook-sender.ts");
});
afterAll(async () => {
  senders?.remove();
  await ledger?.close();
});

const MASTER_SECRET = "master secret of the tests, 32 characters";
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ORGANIZATIONS = Array.from({ length: 6 }, (_, index) => `org${index}`);
const KILLS = 4;

test("senders that are killed while they share the work lose no event, keep its id and the order of what is new", async () => {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.stop());
  const vault = createOrganizationVault(ledger.databases, MASTER_SECRET);
  const store = createWebhookStore(ledger.pool);
  for (const organizationId of ORGANIZATIONS) {
    await ledger.openAccount(organizationId, "5");
    const sealedSecret = await vault.seal(organizationId, WEBHOOK_PLACES.secret, SECRET);
    const draft = {
      organizationId,
      id: "whk",
      url: receiver.url,
      events: ["credit.added"] as const,
      sealedSecret,
    };
    await store.insertWebhook(draft);
  }
  const start = () => senders.start([ledger.connectionString, MASTER_SECRET]);
  const survivor = start();
  onTestFinished(() => survivor.end("SIGKILL"));
  /** What arrived of an organization, each message where it came first. */
  const arrivedOf = (organizationId: string) => {
    const firsts = new Map<string, number>();
    for (const { id, text } of receiver.received) {
      const { data } = JSON.parse(text);
      if (data.organization_id === organizationId && !firsts.has(id)) firsts.set(id, data.amount);
    }
    return [...firsts.values()];
  };
  let posted = 0;
  const hasArrived = () => ORGANIZATIONS.every((id) => arrivedOf(id).length === posted);
  const post = async () => {
    posted += 1;
    await Promise.all(ORGANIZATIONS.map((id) => ledger.accept(id, give(amount(`${posted}`), `${posted}`))));
  };

  for (let round = 0; round < KILLS; round += 1) {
    const victim = start();
    let isSending = false;
    const sending = victim.next().then((event) => {
      expect(event).toMatchObject({ kind: "sending" });
      isSending = true;
    });
    // In bursts: whoever comes first after a lull has the webhook for the burst.
    while (!isSending) {
      for (let count = 0; count < 5; count += 1) await post();
      await vi.waitUntil(() => isSending || hasArrived(), { timeout: 20_000, interval: 5 });
    }
    await sending;
    await victim.end("SIGKILL");
  }

  const all = Array.from({ length: posted }, (_, index) => index + 1);
  for (const id of ORGANIZATIONS) await expect.poll(() => arrivedOf(id), { timeout: 40_000 }).toEqual(all);
  expect(receiver.received.filter((request) => !isSignedWith(SECRET, request))).toEqual([]);
  const pending = async () =>
    (await ledger.pool.query("select 1 from webhook_delivery where status <> 'delivered'")).rowCount;
  await expect.poll(pending, { timeout: 30_000 }).toBe(0);
}, 180_000);
