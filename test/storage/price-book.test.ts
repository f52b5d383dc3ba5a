import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authorize, charge, give, PIPELINE, settle } from "../../src/domain/charging/world.fixture.ts";
import { newestVersion } from "../../src/domain/pricing/price-book.ts";
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

describe("a copy of the price book that is behind", () => {
  /** Base rates of a webcall with own keys, as another process would add them. */
  const addVersion = (version: number, organizationId: string, rate: string) =>
    ledger.pool.query(
      `insert into price_version (version, org_id, effective_from, entries, created_by)
       values ($1, $2, now() - interval '1 minute', $3, 'test')`,
      [
        version,
        organizationId,
        JSON.stringify([{ component: "base", unit: "minute", architecture: "pipeline", rate }]),
      ],
    );

  test("charges the next session and event with the version that was just added", async () => {
    await ledger.openAccount("org_new", "5");
    await ledger.accept("org_new", give(amount("10")));
    await addVersion(3, "org_new", "3");
    const opened = await ledger.accept("org_new", authorize("s", { ...PIPELINE, keyMode: "own_keys" }));
    expect(opened.session?.overrideVersion).toBe(3);
    const { transaction } = await ledger.accept("org_new", charge(60, "e"));
    expect(transaction).toMatchObject({ amount: -30_230n, metadata: { override_version: 3 } });
  });

  test("is read anew for who asks for the newest, or shows a session that pinned a newer one", async () => {
    const [asked, shown] = await Promise.all([openPriceBook(ledger.pool), openPriceBook(ledger.pool)]);
    await addVersion(4, "org_other", "4");
    expect([asked, shown].map((book) => newestVersion(book.current()))).toEqual([3, 3]);
    expect(newestVersion((await asked.newest()).book)).toBe(4);
    const pinned = { priceVersion: 1, overrideVersion: 4 };
    expect(newestVersion(await shown.knowing([{ ...pinned, overrideVersion: 3 }]))).toBe(3);
    expect(newestVersion(await shown.knowing([pinned]))).toBe(4);
  });
});
