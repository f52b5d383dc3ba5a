import type pg from "pg";
import type { Account } from "../../src/domain/ledger/account.ts";
import { findAccount } from "../../src/storage/accounts.ts";
import { createPool } from "../../src/storage/database.ts";
import type { BenchContext } from "../context.ts";
import { type Figure, figureOf } from "../figure.ts";
import { median, type Pair } from "../statistics.ts";
import { fillHistory } from "./fill-history.ts";
import { pageReadings, timeReading } from "./page-readers.ts";

const LARGE = "org_large";
const SMALL_ROWS = 1_000;
const READINGS = 60;

/** Pages of a large history beside the same pages of 1,000 rows in a database that holds nothing else. */
export async function measureHistory(context: BenchContext): Promise<Figure[]> {
  const { plan, server, progress } = context;
  progress(`history: making ${plan.historyRows.toLocaleString("en")} rows`);
  const databases = await Promise.all(
    ["large", "small"].map((size) => server.createDatabase(`history_${size}`, "airtime")),
  );
  const [large, small] = databases.map((connectionString) => createPool({ connectionString }));
  if (large === undefined || small === undefined) throw new Error("two databases were made");
  try {
    await fillHistory(large, [
      { organizationIds: [LARGE], transactions: plan.historyRows },
      { organizationIds: smallOrganizations(plan.historyOrganizations), transactions: 50 },
    ]);
    await fillHistory(small, [{ organizationIds: [LARGE], transactions: SMALL_ROWS }]);
    progress("history: reading pages");
    return await pageFigures(large, small);
  } finally {
    await Promise.all([large.end(), small.end()]);
    for (const database of databases) await server.dropDatabase(database);
  }
}

function smallOrganizations(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `org_${String(number).padStart(26, "0")}`);
}

/** The slowest kind of page stands for all. */
async function pageFigures(large: pg.Pool, small: pg.Pool): Promise<Figure[]> {
  const measured: { readonly name: string; readonly pair: Pair }[] = [];
  const readingsOfSmall = pageReadings(await accountIn(small));
  for (const [index, reading] of pageReadings(await accountIn(large)).entries()) {
    const same = readingsOfSmall[index];
    if (same === undefined) throw new Error("both histories have the same pages");
    const taken = { large: [] as number[], small: [] as number[] };
    for (let turn = 0; turn < 3; turn += 1) {
      taken.small.push(...(await timeReading(small, same, READINGS)));
      taken.large.push(...(await timeReading(large, reading, READINGS)));
    }
    measured.push({
      name: reading.name,
      pair: { value: median(taken.large), baseline: median(taken.small) },
    });
  }
  const slowest = measured.reduce((worst, next) =>
    next.pair.value / next.pair.baseline > worst.pair.value / worst.pair.baseline ? next : worst,
  );
  return [
    figureOf({
      name: "history.page/1k",
      unit: "ms",
      baselineName: "the same page of a history of 1,000 rows",
      rounds: [slowest.pair],
      bar: { of: "ratio", most: 2 },
      note: `the worst of: ${measured.map(({ name, pair }) => `${name} ${pair.value.toFixed(2)} ms`).join(", ")}`,
    }),
  ];
}

async function accountIn(pool: pg.Pool): Promise<Account> {
  const account = await findAccount(pool, LARGE);
  if (account === null) throw new Error("the history has no account");
  return account;
}
