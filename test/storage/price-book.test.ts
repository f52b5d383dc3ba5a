import { afterAll, beforeAll, expect, test } from "vitest";
import { authorize, give, PIPELINE, settle } from "../../src/domain/charging/world.fixture.ts";
import { createPostingEngine } from "../../src/storage/posting/engine.ts";
import { openPriceBook } from "../../src/storage/price-book.ts";
import { acceptWith, amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
});
afterAll(() => ledger.close());

test("a session opened with an override costs the same in a process whose price book is older", async () => {
  await ledger.openAccount("org_override", "5");
  await ledger.accept("org_override", give(amount("10")));
  await ledger.pool.query(
    `insert into price_version (version, org_id, effective_from, entries, created_by)
     values (2, 'org_override', now() - interval '1 hour', $1, 'test')`,
    [
      JSON.stringify([
        {
          component: "base",
          unit: "minute",
          architecture: "pipeline",
          sessionType: "webcall",
          keyMode: "own_keys",
          rate: "0.01",
        },
      ]),
    ],
  );
  const prices = await openPriceBook(ledger.pool);
  const newer = createPostingEngine({
    connectionString: ledger.connectionString,
    timing: { validityMs: 60_000, settleWindowMs: 600_000 },
    prices,
  });
  await acceptWith(newer, "org_override", authorize("s", { ...PIPELINE, keyMode: "own_keys" }));
  await newer.stop();
  const { transaction, session } = await ledger.accept("org_override", settle(60, "s"));
  expect(session?.overrideVersion).toBe(2);
  expect(transaction?.amount).toBe(-100n);
  expect(await ledger.verify("org_override")).toMatchObject({ problems: [] });
});
