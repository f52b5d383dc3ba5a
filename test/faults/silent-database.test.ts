import { afterAll, beforeAll, expect, test } from "vitest";
import { give } from "../../src/domain/charging/world.fixture.ts";
import { createPostingEngine } from "../../src/storage/posting/engine.ts";
import { openPriceBook } from "../../src/storage/price-book.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { expectKept, expectOneAnswer, send } from "./journal.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let ledger: TestLedger;
let proxy: TcpProxy;

beforeAll(async () => {
  ledger = await openTestLedger();
  proxy = await startTcpProxy(ledger.connectionString);
  await ledger.openAccount("org_silent", "0");
  await ledger.accept("org_silent", give(amount("100")));
});
afterAll(async () => {
  await proxy.close();
  await ledger.close();
});

test("a connection that falls silent is given up, and the commands on it may be sent again", async () => {
  const engine = await createPostingEngine({
    connectionString: proxy.connectionString,
    timing: { validityMs: 60_000, settleWindowMs: 600_000 },
    prices: await openPriceBook(ledger.pool),
    silenceMs: 300,
    retryForMs: 0,
  });
  const before = await send(engine, "org_silent", "before");
  proxy.fallSilent();
  const during = await Promise.all(["d1", "d2", "d3"].map((event) => send(engine, "org_silent", event)));
  expect(new Set(during.map(({ fate }) => fate))).toEqual(new Set(["unknown"]));
  proxy.recover();
  const journal = [before, ...during, await send(engine, "org_silent", "after")];
  expect(journal.at(-1)?.fate).toBe("acknowledged");
  await expectKept(ledger.pool, journal);
  await expectOneAnswer(engine, ledger.pool, journal);
  expect(await ledger.verify()).toMatchObject({ kind: "verified", problems: [] });
  await engine.stop();
});
