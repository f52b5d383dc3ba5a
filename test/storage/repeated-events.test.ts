import { afterAll, beforeAll, expect, test } from "vitest";
import { charge, give } from "../../src/domain/charging/world.fixture.ts";
import { createPostingEngine, type PostingEngine } from "../../src/storage/posting/engine.ts";
import { openPriceBook } from "../../src/storage/price-book.ts";
import { acceptWith, amount, decideWith, openTestLedger, type TestLedger } from "../setup/ledger.ts";

// Batches large enough for their events to be taken for new ones, whatever organizationsPerTransaction the run has.

let ledger: TestLedger;
let engine: PostingEngine;
/** Database transactions of the engine that came to nothing. */
let failed = 0;

beforeAll(async () => {
  ledger = await openTestLedger();
  engine = createPostingEngine({
    connectionString: ledger.connectionString,
    timing: { validityMs: 60_000, settleWindowMs: 600_000 },
    prices: await openPriceBook(ledger.pool),
    lanes: 1,
    watch: () => ({
      loaded: () => {},
      decided: () => {},
      committed: () => {},
      failed: () => {
        failed += 1;
      },
    }),
  });
});

afterAll(async () => {
  await engine.stop();
  expect(await ledger.verify()).toMatchObject({ kind: "verified", problems: [] });
  await ledger.close();
});

async function organization(id: string, balance: string): Promise<string> {
  await ledger.openAccount(id, "0");
  await acceptWith(engine, id, give(amount(balance)));
  return id;
}

/** In one turn of the event loop, so that they come into one batch. */
const chargeAll = (id: string, events: readonly string[], fingerprint?: string) =>
  Promise.all(events.map((event) => decideWith(engine, id, charge(10, event, fingerprint))));

const events = (count: number, name = "e") => Array.from({ length: count }, (_, index) => `${name}${index}`);

/** The transactions that answered, in the order of the commands; a refusal's kind where one was refused. */
const answersOf = (decisions: Awaited<ReturnType<typeof chargeAll>>) =>
  decisions.map((decision) =>
    decision.kind === "refused" ? decision.refusal.kind : (decision.transaction?.id ?? null),
  );

async function transactionsOf(id: string): Promise<number> {
  const { rows } = await ledger.pool.query("select seq from account where org_id = $1", [id]);
  return Number(rows[0].seq);
}

test("events of a large batch that were charged before get their transactions again, and new ones are charged", async () => {
  const id = await organization("org_repeated", "100");
  const first = answersOf(await chargeAll(id, events(60)));
  expect(failed).toBe(0);
  const again = await chargeAll(id, [...events(60), ...events(40, "new")]);
  expect(failed).toBe(1);
  expect(answersOf(again).slice(0, 60)).toEqual(first);
  expect(again.map((decision) => decision.kind === "accepted" && decision.repeated)).toEqual([
    ...Array(60).fill(true),
    ...Array(40).fill(false),
  ]);
  expect(await transactionsOf(id)).toBe(101);
  // Whoever repeats goes on repeating: these are looked up at once.
  expect(answersOf(await chargeAll(id, events(60)))).toEqual(first);
  expect(failed).toBe(1);
});

test("an event twice in one large batch is charged once", async () => {
  const id = await organization("org_twice", "100");
  const answers = answersOf(await chargeAll(id, [...events(50), ...events(50)]));
  expect(answers.slice(50)).toEqual(answers.slice(0, 50));
  expect(await transactionsOf(id)).toBe(51);
});

test("an event that cost nothing is known among the new ones of a large batch, and one that cost something among the free", async () => {
  const own = await ledger.newEngine();
  const id = await organization("org_free", "100");
  const send = (seconds: number, names: readonly string[]) =>
    Promise.all(names.map((event) => decideWith(own, id, charge(seconds, event, String(seconds)))));
  await send(0, ["free"]);
  const mixed = await send(10, [...events(60), "free"]);
  expect(answersOf(mixed).at(-1)).toBe("event_conflict");
  expect(await transactionsOf(id)).toBe(61);
  const other = await organization("org_charged", "100");
  const sendOther = (seconds: number, names: readonly string[]) =>
    Promise.all(names.map((event) => decideWith(engine, other, charge(seconds, event, String(seconds)))));
  await sendOther(10, events(1));
  const conflicting = await sendOther(0, [...events(50, "free"), ...events(1)]);
  expect(answersOf(conflicting)).toEqual([...Array(50).fill(null), "event_conflict"]);
  await own.stop();
});

test("a repeated event gets its transaction where a new one would be refused, and another body is a conflict", async () => {
  // One that has met no repeated event yet.
  const own = await ledger.newEngine();
  const id = await organization("org_spent", "0.5");
  const send = (names: readonly string[], fingerprint?: string) =>
    Promise.all(names.map((event) => decideWith(own, id, charge(10, event, fingerprint))));
  const first = answersOf(await send(events(60)));
  const charged = first.filter((answer) => answer !== "insufficient_credits");
  expect(charged).toHaveLength(40);
  expect(answersOf(await send(events(60)))).toEqual(first);
  expect(new Set(answersOf(await send(events(40), "other")))).toEqual(new Set(["event_conflict"]));
  expect(await transactionsOf(id)).toBe(41);
  await own.stop();
});
