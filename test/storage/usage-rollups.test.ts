import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { charge } from "../../src/domain/charging/world.fixture.ts";
import { DIMENSIONS, type Dimension } from "../../src/domain/usage/usage-sums.ts";
import { readPriceBook } from "../../src/storage/price-book.ts";
import { usageSeries } from "../../src/storage/reading/usage-series.ts";
import { clearRollups, listUnrolled, rollUp } from "../../src/storage/usage-rollups.ts";
import { openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { makeBusyHistory } from "./busy-history.fixture.ts";

let ledger: TestLedger;
let organizationId: string;
let organizations = 0;

beforeAll(async () => {
  ledger = await openTestLedger();
});
afterAll(() => ledger?.close());

beforeEach(async () => {
  organizations += 1;
  organizationId = `org_${organizations}`;
  await makeBusyHistory(ledger, organizationId);
});

async function series(groupBy: Dimension, interval: "hour" | "day" = "hour") {
  const [{ now }] = (await ledger.pool.query("select now() as now")).rows;
  const period = { from: 0, until: now.getTime() + ledger.clock.aheadMs + 3_600_000 };
  const prices = await readPriceBook(ledger.pool);
  return usageSeries(ledger.databases.of(organizationId), { interval, groupBy, ...period }, prices);
}

const roll = async (limit: number) =>
  rollUp(ledger.pool, organizationId, { limit, prices: await readPriceBook(ledger.pool) });

async function totalUsage(): Promise<bigint> {
  const { rows } = await ledger.pool.query("select total_usage from account where org_id = $1", [
    organizationId,
  ]);
  return rows[0].total_usage;
}

async function problems() {
  const result = await ledger.verify(organizationId);
  return result.kind === "verified" ? result.problems : [result.kind];
}

describe.each(DIMENSIONS)("usage by %s", (groupBy) => {
  test("is the same however much of it is rolled up, and all of what was charged", async () => {
    const fromLedger = await series(groupBy);
    expect(fromLedger.reduce((sum, { amount }) => sum + amount, 0n)).toBe(await totalUsage());
    for (let rolled = await roll(2); rolled > 0; rolled = await roll(2))
      expect(await series(groupBy)).toEqual(fromLedger);
    expect(await problems()).toEqual([]);
  });
});

test("usage by day sums up its hours, and what is charged after a rollup counts at once", async () => {
  await roll(1_000);
  await ledger.accept(organizationId, charge(60, "after"));
  const days = await series("agent", "day");
  expect(days.reduce((sum, { amount }) => sum + amount, 0n)).toBe(await totalUsage());
});

test("rollups at once on several connections count nothing twice", async () => {
  await Promise.all(Array.from({ length: 8 }, () => roll(1)));
  await roll(1_000);
  const rolled = await ledger.pool.query(
    "select sum(amount)::bigint as amount from usage_rollup where org_id = $1 and dimension = 'agent'",
    [organizationId],
  );
  expect(rolled.rows[0].amount).toBe(await totalUsage());
});

test("an organization with much usage is due until it is rolled up, and again when it was cleared", async () => {
  expect(await listUnrolled(ledger.pool, 1, 100)).toContain(organizationId);
  await roll(1_000);
  expect(await listUnrolled(ledger.pool, 1, 100)).not.toContain(organizationId);
  const before = await series("component");
  await clearRollups(ledger.pool, organizationId);
  expect(await listUnrolled(ledger.pool, 1, 100)).toContain(organizationId);
  expect(await series("component")).toEqual(before);
});

test.each([
  [
    "a sum changed",
    "update usage_rollup set amount = amount + 1 where org_id = $1 and dimension = 'user'",
    "user",
  ],
  ["sums deleted", "delete from usage_rollup where org_id = $1 and dimension = 'component'", "component"],
])("verify names a rollup with %s", async (_what, statement, dimension) => {
  await roll(1_000);
  await ledger.pool.query(statement, [organizationId]);
  expect(await problems()).toMatchObject([{ table: "usage_rollup", key: dimension }]);
});
