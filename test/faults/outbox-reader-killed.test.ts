import { afterAll, beforeAll, expect, test } from "vitest";
import { give } from "../../src/domain/charging/world.fixture.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { scriptProcesses } from "../setup/script-process.ts";

let ledger: TestLedger;
let readers: Awaited<ReturnType<typeof scriptProcesses>>;

beforeAll(async () => {
  ledger = await openTestLedger();
  await ledger.pool.query("create table taken (org_id text, seq bigint, at bigserial)");
  readers = await scriptProcesses("test/faults/outbox-reader.ts");
});

afterAll(async () => {
  readers?.remove();
  await ledger?.close();
});

test("readers that are killed while they share the work lose no entry, take none twice and keep the order", async () => {
  const organizations = Array.from({ length: 30 }, (_, index) => `org${index}`);
  for (const id of organizations) {
    await ledger.openAccount(id, "5");
    await ledger.accept(id, give(amount("100"), "opening"));
  }
  let isPosting = true;
  const posting = Promise.all(
    organizations.map(async (id) => {
      for (let count = 0; isPosting; count += 1) await ledger.accept(id, give(amount("1"), `e${count}`));
    }),
  );
  const survivor = readers.start([ledger.connectionString]);
  for (let round = 0; round < 5; round += 1) {
    const victim = readers.start([ledger.connectionString]);
    expect(await victim.next()).toMatchObject({ kind: "taking" });
    await victim.end("SIGKILL");
  }
  isPosting = false;
  await posting;

  const written =
    "select org_id, array_agg(seq order by seq) as seqs from outbox group by org_id order by org_id";
  const taken =
    "select org_id, array_agg(seq order by at) as seqs from taken group by org_id order by org_id";
  const { rows: expected } = await ledger.pool.query(written);
  expect(expected).toHaveLength(30);
  await expect.poll(async () => (await ledger.pool.query(taken)).rows).toEqual(expected);
  await survivor.end("SIGKILL");
});
