import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { openNewsSignal } from "../../src/storage/news-signal.ts";
import { createTestDatabase } from "../setup/database.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString, connectionsMax: 1 });
});

afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** The signal of one process, listening. */
async function open() {
  const heard: string[] = [];
  const counts = { missed: 0, notifications: 0 };
  const signal = openNewsSignal({
    connectionString: database.connectionString,
    onNews: (ids) => {
      counts.notifications += 1;
      heard.push(...ids);
    },
    onMissed: () => {
      counts.missed += 1;
    },
    onFault: () => {},
  });
  onTestFinished(() => signal.stop());
  // It says so once it listens: from before then news may have been missed.
  await expect.poll(() => counts.missed).toBe(1);
  return { signal, heard, counts };
}

test("another process hears whose news there is, the one that tells does not", async () => {
  const [here, there] = [await open(), await open()];
  here.signal.announce(["org_1"]);
  await expect.poll(() => there.heard).toEqual(["org_1"]);
  there.signal.announce(["org_2"]);
  await expect.poll(() => here.heard).toEqual(["org_2"]);
  expect(there.heard).toEqual(["org_1"]);
});

test("a burst of news goes out in few notifications, each organization once in each", async () => {
  const [here, there] = [await open(), await open()];
  for (let count = 0; count < 500; count++) here.signal.announce([`org_${count % 5}`]);
  await expect.poll(() => new Set(there.heard).size).toBe(5);
  expect(there.counts.notifications).toBe(2);
  expect(there.heard).toHaveLength(1 + 5);
});

test("news of more organizations than a payload takes wake everybody", async () => {
  const [here, there] = [await open(), await open()];
  here.signal.announce(Array.from({ length: 1_000 }, (_, index) => `org_${index}`));
  await expect.poll(() => there.counts.missed).toBe(2);
  expect(there.heard).toEqual([]);
});

test("a connection that breaks is opened again, and what was missed meanwhile is looked for", async () => {
  const [here, there] = [await open(), await open()];
  await pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1",
    ["airtime news"],
  );
  await expect.poll(() => [here.counts.missed, there.counts.missed]).toEqual([2, 2]);
  here.signal.announce(["org_1"]);
  await expect.poll(() => there.heard).toEqual(["org_1"]);
});
