import type { ClientBase } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { give } from "../../src/domain/charging/world.fixture.ts";
import { createOutboxCleaner } from "../../src/jobs/clean-outbox.ts";
import { readOutbox } from "../../src/notify/outbox/read-outbox.ts";
import { isTransient } from "../../src/storage/database.ts";
import { createOutboxEraser } from "../../src/storage/outbox.ts";
import { createOutboxCursor, type OutboxReader } from "../../src/storage/outbox-cursor.ts";
import type { OutboxEntry } from "../../src/storage/outbox-rows.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
  await ledger.pool.query("create table taken (reader text, org_id text, seq bigint, at bigserial)");
});

afterAll(() => ledger?.close());

let names = 0;
const newReader = (interest: OutboxReader["interest"] = "all"): OutboxReader => {
  names += 1;
  return { name: `reader${names}`, interest };
};

/** What a reader does in these tests: it notes each entry, in the order in which it got them. */
const noting = (reader: OutboxReader) => async (client: ClientBase, entries: readonly OutboxEntry[]) => {
  for (const { organizationId, news } of entries) {
    await client.query("insert into taken values ($1, $2, $3)", [reader.name, organizationId, news.seq]);
  }
};

async function takenOf(reader: OutboxReader, organizationId: string): Promise<number[]> {
  const { rows } = await ledger.pool.query(
    "select seq from taken where reader = $1 and org_id = $2 order by at",
    [reader.name, organizationId],
  );
  return rows.map(({ seq }) => Number(seq));
}

async function newsOf(organizationId: string, amounts: readonly string[]): Promise<void> {
  await ledger.openAccount(organizationId, "5");
  for (const [index, text] of amounts.entries())
    await ledger.accept(organizationId, give(amount(text), `${index}`));
}

function reading(reader: OutboxReader, take = noting(reader), settings: { lookAroundMs?: number } = {}) {
  const faults: unknown[] = [];
  const cursor = createOutboxCursor(ledger.pool, reader, take);
  const running = readOutbox(cursor, {
    isTransient,
    onFault: (error) => faults.push(error),
    restMs: 5,
    ...settings,
  });
  onTestFinished(() => running.stop());
  return { ...running, cursor, faults };
}

test("two readers that share the work take every entry once and in order, while it is being written", async () => {
  const reader = newReader();
  const organizations = Array.from({ length: 20 }, (_, index) => `shared${index}`);
  for (const id of organizations) await newsOf(id, ["100"]);
  const [first, second] = [reading(reader), reading(reader)];
  const waking = await ledger.newEngine();
  onTestFinished(() => waking.stop());
  for (let round = 0; round < 15; round += 1) {
    await Promise.all(organizations.map((id) => ledger.accept(id, give(amount("1"), `c${round}`))));
    first.wake(organizations);
    second.wake(organizations);
  }
  const all = Array.from({ length: 16 }, (_, index) => index + 1);
  for (const id of organizations) await expect.poll(() => takenOf(reader, id)).toEqual(all);
  expect([...first.faults, ...second.faults]).toEqual([]);
  expect(await first.cursor.lagMs()).toBe(0);
});

test("what nobody was told of is found by looking around", async () => {
  const reader = newReader();
  const { cursor } = reading(reader, noting(reader), { lookAroundMs: 50 });
  await newsOf("unhinted", ["1"]);
  await expect.poll(() => takenOf(reader, "unhinted")).toEqual([1]);
  await ledger.accept("unhinted", give(amount("1"), "more"));
  await expect.poll(() => takenOf(reader, "unhinted")).toEqual([1, 2]);
  expect(await cursor.listUnread("", 10)).toEqual([]);
});

test("an organization whose news cannot be taken holds up no other, and is tried until it can be", async () => {
  const reader = newReader();
  await newsOf("bad", ["1", "2"]);
  await newsOf("good", ["1"]);
  let isBroken = true;
  const { faults, cursor } = reading(reader, async (client, entries) => {
    await noting(reader)(client, entries);
    if (isBroken && entries.some(({ organizationId }) => organizationId === "bad")) throw new Error("broken");
  });
  await expect.poll(() => takenOf(reader, "good")).toEqual([1]);
  await expect.poll(() => faults.length).toBeGreaterThan(0);
  expect(await takenOf(reader, "bad")).toEqual([]);
  expect(await cursor.lagMs()).toBeGreaterThan(0);
  isBroken = false;
  await expect.poll(() => takenOf(reader, "bad")).toEqual([1, 2]);
});

test("who is after alerts gets these alone, and passes the rest", async () => {
  const reader = newReader("alerts");
  await newsOf("warned", ["10", "-6", "-3", "-1", "20"]);
  await newsOf("calm", ["10", "1"]);
  const cursor = createOutboxCursor(ledger.pool, reader, noting(reader));
  expect(await cursor.findUnread(["warned", "calm"])).toEqual(["warned"]);
  expect(await cursor.lagMs()).toBeGreaterThan(0);
  expect(await cursor.read(["warned"])).toEqual([]);
  expect(await takenOf(reader, "warned")).toEqual([2, 4, 5]);
  expect(await cursor.findUnread(["warned", "calm"])).toEqual([]);
  expect(await cursor.lagMs()).toBe(0);
});

test("an organization that another reader has in hand is left alone until that one is done", async () => {
  const reader = newReader();
  await newsOf("busy", ["1"]);
  let release = () => {};
  let isHeld = false;
  const holding = createOutboxCursor(ledger.pool, reader, async (client, entries) => {
    await noting(reader)(client, entries);
    isHeld = true;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  }).read(["busy"]);
  await expect.poll(() => isHeld).toBe(true);
  const other = createOutboxCursor(ledger.pool, reader, noting(reader));
  expect(await other.read(["busy"])).toEqual(["busy"]);
  release();
  expect(await holding).toEqual([]);
  expect(await other.read(["busy"])).toEqual([]);
  expect(await takenOf(reader, "busy")).toEqual([1]);
});

test("a connection that breaks while its reader does something else takes nothing, and the news are taken later", async () => {
  const reader = newReader();
  await newsOf("cut", ["1"]);
  let cuts = 0;
  const { faults } = reading(reader, async (client, entries) => {
    await noting(reader)(client, entries);
    if (cuts > 0) return;
    cuts += 1;
    const { rows } = await client.query("select pg_backend_pid() as pid");
    const broken = new Promise((resolve) => client.once("end", resolve));
    await ledger.pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
    await broken;
  });
  await expect.poll(() => takenOf(reader, "cut")).toEqual([1]);
  expect(faults).toHaveLength(1);
});

test("many entries are taken in several steps", async () => {
  const reader = newReader();
  await newsOf("long", ["100"]);
  await Promise.all(
    Array.from({ length: 149 }, (_, index) => ledger.accept("long", give(amount("1"), `e${index}`))),
  );
  const cursor = createOutboxCursor(ledger.pool, reader, noting(reader));
  expect(await cursor.read(["long"])).toEqual(["long"]);
  expect(await cursor.read(["long"])).toEqual([]);
  expect(await takenOf(reader, "long")).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
});

test("old entries stay until every reader has passed them, and go then", async () => {
  const [all, alerts] = [newReader(), newReader("alerts")];
  await newsOf("pruned", ["10", "1", "-8", "1", "1"]);
  await ledger.pool.query(
    "update outbox set created_at = now() - interval '8 days' where org_id = 'pruned' and seq < 5",
  );
  const clean = createOutboxCleaner(createOutboxEraser(ledger.pool, [all, alerts]));
  const kept = async () => {
    await clean();
    const { rows } = await ledger.pool.query("select seq from outbox where org_id = 'pruned' order by seq");
    return rows.map(({ seq }) => Number(seq));
  };
  expect(await kept()).toEqual([1, 2, 3, 4, 5]);
  await createOutboxCursor(ledger.pool, all, noting(all)).read(["pruned"]);
  // The next one has an alert that was not read.
  expect(await kept()).toEqual([3, 4, 5]);
  await createOutboxCursor(ledger.pool, alerts, noting(alerts)).read(["pruned"]);
  expect(await kept()).toEqual([4, 5]);

  // A reader that comes later begins with what is left, and is done with it.
  const late = newReader();
  const cursor = createOutboxCursor(ledger.pool, late, noting(late));
  await cursor.read(["pruned"]);
  expect(await takenOf(late, "pruned")).toEqual([4, 5]);
  expect(await cursor.findUnread(["pruned"])).toEqual([]);
});

test("who serves webhooks gets the news of organizations that have one, and holds up no other's cleaning", async () => {
  const reader = newReader("followed");
  await newsOf("followed", ["1", "2"]);
  await newsOf("alone", ["1", "2"]);
  await ledger.pool.query(
    `insert into webhook_endpoint (org_id, id, url, events, sealed_secret)
     values ('followed', 'whk', 'https://example.com/', '{credit.added}', 'sealed')`,
  );
  const cursor = createOutboxCursor(ledger.pool, reader, noting(reader));
  expect(await cursor.findUnread(["followed", "alone"])).toEqual(["followed"]);
  expect(await cursor.lagMs()).toBeGreaterThan(0);
  await ledger.pool.query("update outbox set created_at = now() - interval '8 days'");
  const clean = createOutboxCleaner(createOutboxEraser(ledger.pool, [reader]));
  await clean();
  const left = async () =>
    (
      await ledger.pool.query("select seq from outbox where org_id in ('followed', 'alone') order by seq")
    ).rows.map(({ seq }) => Number(seq));
  expect(await left()).toEqual([1, 2, 2]);
  expect(await cursor.read(["followed"])).toEqual([]);
  expect(await takenOf(reader, "followed")).toEqual([1, 2]);
  expect(await cursor.lagMs()).toBe(0);
  await clean();
  expect(await left()).toEqual([2, 2]);
});
