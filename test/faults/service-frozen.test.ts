import type pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { createRandom } from "../concurrency/random.ts";
import { createTestDatabase } from "../setup/database.ts";
import { verifyWith } from "../setup/ledger.ts";
import { type ServiceProcess, startServiceProcess } from "../setup/service-process.ts";
import { openAccounts } from "./accounts.ts";
import { expectBooks, type HttpEntry } from "./http-journal.ts";
import { runRuntime } from "./runtime.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;
let frozen: ServiceProcess;
let other: ServiceProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database);
  frozen = await startServiceProcess(database);
  other = await startServiceProcess(database);
});
afterAll(async () => {
  await frozen?.kill();
  await other?.kill();
  await pool.end();
  await database.drop();
});

/** Freezes the service while it holds the locks of a transaction. */
async function freezeInTransaction(service: ServiceProcess): Promise<void> {
  for (;;) {
    service.freeze();
    // Whatever runs goes from statement to statement faster than this; only what is frozen stands still.
    const isHolding = await vi
      .waitUntil(() => standsStill("100 ms"), { timeout: 500, interval: 20 })
      .catch(() => false);
    if (isHolding) return;
    service.thaw();
    await vi.waitUntil(async () => (await fetch(`${service.url}/healthz`)).ok);
  }
}

async function standsStill(atLeast: string): Promise<boolean> {
  const { rows } = await pool.query(
    `select 1 from pg_stat_activity where datname = current_database() and application_name = 'airtime engine'
     and state = 'idle in transaction' and state_change < clock_timestamp() - $1::interval`,
    [atLeast],
  );
  return rows.length > 0;
}

test("a service frozen in mid-transaction holds up another only for seconds, and loses and doubles nothing", async () => {
  const accounts = await openAccounts([frozen, other]);
  const journals: HttpEntry[][] = [[], []];
  let isOver = false;
  const runtimes = accounts.flatMap((reached, service) =>
    Array.from({ length: 6 }, (_, part) =>
      runRuntime({
        name: `s${service}r${part}`,
        random: createRandom(10 * service + part),
        targets: [{ untilReady: async () => {}, accounts: reached }],
        journal: journals[service] ?? [],
        isOver: () => isOver,
      }),
    ),
  );
  const goesOn = (service: number) => {
    const acknowledged = () => journals[service]?.filter(({ fate }) => fate === "acknowledged").length ?? 0;
    const before = acknowledged();
    return vi.waitUntil(() => acknowledged() > before + 50, { timeout: 20_000, interval: 20 });
  };
  await goesOn(0);
  for (let round = 0; round < 2; round += 1) {
    await freezeInTransaction(frozen);
    await goesOn(1);
    frozen.thaw();
    await goesOn(0);
  }
  isOver = true;
  await Promise.all(runtimes);
  expect(journals[1]?.filter(({ fate }) => fate === "unknown")).toEqual([]);
  await expectBooks({ pool, verify: () => verifyWith(pool) }, accounts.flat(), journals.flat());
});
