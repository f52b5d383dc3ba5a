import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { charge, give } from "../../src/domain/charging/world.fixture.ts";
import { readPriceBook } from "../../src/storage/price-book.ts";
import { rollUp } from "../../src/storage/usage-rollups.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { type ScriptProcess, scriptProcesses } from "../setup/script-process.ts";

let ledger: TestLedger;
let rollers: Awaited<ReturnType<typeof scriptProcesses>>;
let started: ScriptProcess[] = [];

beforeAll(async () => {
  rollers = await scriptProcesses("test/faults/usage-roller.ts");
});
afterAll(() => rollers?.remove());

beforeEach(async () => {
  ledger = await openTestLedger();
});
afterEach(async () => {
  await Promise.all(started.map((roller) => roller.end("SIGKILL")));
  started = [];
  await ledger?.close();
});

function startRoller(...organizations: string[]): ScriptProcess {
  const roller = rollers.start([ledger.connectionString, ...organizations]);
  started.push(roller);
  return roller;
}

async function openWithUsage(organizationId: string, charges: number): Promise<void> {
  await ledger.openAccount(organizationId, "5");
  await ledger.accept(organizationId, give(amount("1000"), "opening"));
  await Promise.all(
    Array.from({ length: charges }, (_, index) =>
      ledger.accept(organizationId, charge(60 + index, `e${index}`)),
    ),
  );
}

async function restIsRolled(organizationId: string): Promise<boolean> {
  const prices = await readPriceBook(ledger.pool);
  await rollUp(ledger.pool, organizationId, { limit: 1_000, prices });
  const { rows } = await ledger.pool.query(
    "select from account a join usage_rollup_cursor c using (org_id) where org_id = $1 and c.consumption_seq = a.consumption_seq",
    [organizationId],
  );
  return rows.length === 1;
}

/** Transactions and amount in each dimension that counts both. */
async function sumsOf(organizationId: string) {
  const { rows } = await ledger.pool.query(
    `select dimension, sum(amount)::bigint as amount, sum(sessions)::bigint as transactions from usage_rollup
     where org_id = $1 and dimension <> 'component' group by dimension`,
    [organizationId],
  );
  return rows;
}

async function expectEachOnce(organizationId: string): Promise<void> {
  const { rows } = await ledger.pool.query(
    "select total_usage as amount, consumption_seq as transactions from account where org_id = $1",
    [organizationId],
  );
  const sums = await sumsOf(organizationId);
  expect(sums).toHaveLength(4);
  for (const sum of sums) expect(sum).toMatchObject(rows[0]);
  expect(await ledger.verify(organizationId)).toMatchObject({ problems: [] });
}

test("a process killed between the lock of the cursor and the commit leaves all as it was, and the next rolls it up", async () => {
  await openWithUsage("org_killed", 5);
  const gate = await ledger.pool.connect();
  try {
    await gate.query("begin; lock table usage_rollup in share mode");
    const victim = startRoller("org_killed");
    const waiting = `select query from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into usage_rollup %'`;
    await expect
      .poll(async () => (await ledger.pool.query(waiting)).rows, { timeout: 60_000 })
      .toHaveLength(1);
    await victim.end("SIGKILL");
    expect(await sumsOf("org_killed")).toEqual([]);
  } finally {
    await gate.query("rollback");
    gate.release();
  }
  // The dead process's cursor is free once PostgreSQL has noticed.
  await expect.poll(() => restIsRolled("org_killed"), { timeout: 60_000 }).toBe(true);
  await expectEachOnce("org_killed");
});

test("two processes that roll the same usage up while it is charged count each once, though one is killed again and again", async () => {
  const organizations = ["org_a", "org_b", "org_c"];
  for (const id of organizations) await openWithUsage(id, 20);
  let isPosting = true;
  const posting = Promise.all(
    organizations.map(async (id) => {
      for (let count = 0; isPosting; count += 1) await ledger.accept(id, charge(60, `more${count}`));
    }),
  );
  const survivor = startRoller(...organizations);
  for (let round = 0; round < 4; round += 1) {
    const victim = startRoller(...organizations);
    expect(await victim.next()).toMatchObject({ kind: "rolled" });
    await victim.end("SIGKILL");
  }
  isPosting = false;
  await posting;
  expect(await survivor.next()).toMatchObject({ kind: "rolled" });
  await survivor.end("SIGKILL");
  for (const id of organizations) {
    await expect.poll(() => restIsRolled(id), { timeout: 60_000 }).toBe(true);
    await expectEachOnce(id);
  }
});
