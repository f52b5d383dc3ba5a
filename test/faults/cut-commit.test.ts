import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { give } from "../../src/domain/charging/world.fixture.ts";
import { createPostingEngine } from "../../src/storage/posting/engine.ts";
import { openPriceBook } from "../../src/storage/price-book.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { type Entry, expectKept, expectOneAnswer, send } from "./journal.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let ledger: TestLedger;
let proxy: TcpProxy;

beforeAll(async () => {
  ledger = await openTestLedger();
  proxy = await startTcpProxy(ledger.connectionString);
});
afterAll(async () => {
  await proxy.close();
  await ledger.close();
});

/** An engine behind the proxy. @param retryForMs 0 leaves retrying to the client. */
async function engineBehindProxy(retryForMs: number) {
  return createPostingEngine({
    connectionString: proxy.connectionString,
    timing: { validityMs: 60_000, settleWindowMs: 600_000 },
    prices: await openPriceBook(ledger.pool),
    retryForMs,
  });
}

const ORGANIZATIONS = ["rich", "also-rich", "poor"];
const ROUNDS = 15;

async function openOrganizations(prefix: string): Promise<string[]> {
  const ids = ORGANIZATIONS.map((name) => `${prefix}_${name}`);
  for (const id of ids) {
    await ledger.openAccount(id, "0");
    await ledger.accept(id, give(amount(id.endsWith("poor") ? "0.5" : "1000")));
  }
  return ids;
}

describe.each(["before", "at", "after"] as const)("a connection cut %s COMMIT", (cut) => {
  test("is made up for by the engine: every event is answered, and there once", async () => {
    const organizations = await openOrganizations(`org_engine_${cut}`);
    const engine = await engineBehindProxy(10_000);
    const journal: Entry[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const wasCut = proxy.cutNext(cut);
      const sent = organizations.flatMap((id) => [0, 1, 2].map((n) => send(engine, id, `e${round}-${n}`)));
      journal.push(...(await Promise.all(sent)));
      await wasCut;
    }
    await engine.stop();
    expect(new Set(journal.map(({ fate }) => fate))).toEqual(new Set(["acknowledged", "refused"]));
    await expectKept(ledger.pool, journal);
    for (const id of organizations) expect(await ledger.verify(id)).toMatchObject({ problems: [] });
  });

  test("that the client must make up for: the unknown is there once at most, and a retry gives one answer", async () => {
    const organizations = await openOrganizations(`org_client_${cut}`);
    const engine = await engineBehindProxy(0);
    const journal: Entry[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const wasCut = proxy.cutNext(cut);
      const sent = organizations.flatMap((id) => [0, 1, 2].map((n) => send(engine, id, `e${round}-${n}`)));
      journal.push(...(await Promise.all(sent)));
      await wasCut;
    }
    expect(journal.filter(({ fate }) => fate === "unknown").length).toBeGreaterThanOrEqual(ROUNDS);
    await expectKept(ledger.pool, journal);
    await expectOneAnswer(engine, ledger.pool, journal);
    await engine.stop();
    for (const id of organizations) expect(await ledger.verify(id)).toMatchObject({ problems: [] });
  });
});
