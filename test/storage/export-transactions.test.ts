import type { QueryConfig, QueryResultRow } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "../../src/domain/ledger/transaction.ts";
import { type OrganizationDatabase, withinTransaction } from "../../src/storage/organization-database.ts";
import { exportTransactions } from "../../src/storage/reading/export-transactions.ts";
import { openTestLedger, type TestLedger } from "../setup/ledger.ts";

const ROWS = 100_000n;
const START = Date.UTC(2026, 0, 1);
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
  await ledger.openAccount("org_long", "5");
  await ledger.openAccount("org_other", "5");
  // One in ten is a refund; several are recorded at one time, as a batch is.
  await ledger.pool.query(
    `insert into transaction (org_id, seq, type, type_seq, kind, counter_account, amount, balance_before,
        balance_after, description, metadata, recorded_at, hash)
      select org_id, n, case when n % 10 = 0 then 'refund' else 'consumption' end,
        case when n % 10 = 0 then n / 10 else n - n / 10 end, 'voice', 'usage_revenue', -1, -n + 1, -n, 'made up', '{}',
        to_timestamp(($1 + 1000 * (n / 7)) / 1000.0), sha256('')
      from generate_series(1, $2::bigint) as n, (values ('org_long'), ('org_other')) as o (org_id)`,
    [START, ROWS],
  );
  await ledger.pool.query(
    "update account set seq = $1::bigint, refund_seq = $1::bigint / 10, consumption_seq = $1::bigint - $1::bigint / 10",
    [ROWS],
  );
  await ledger.pool.query("analyze transaction");
}, 120_000);
afterAll(() => ledger?.close());

const EVERYTHING = { from: 0, until: null, type: null, afterSeq: 0n } as const;
type Wanted = Parameters<typeof exportTransactions>[1];

const exported = (wanted: Partial<Wanted>, database = ledger.databases.of("org_long")) =>
  exportTransactions(database, { ...EVERYTHING, ...wanted });

async function seqsOf(transactions: AsyncGenerator<Transaction>): Promise<bigint[]> {
  const seqs: bigint[] = [];
  for await (const { organizationId, seq } of transactions) {
    if (organizationId !== "org_long") throw new Error(`exported a row of ${organizationId}`);
    seqs.push(seq);
  }
  return seqs;
}

/** What the rows themselves say. */
async function seqsWhere({ from, until, type, afterSeq }: Wanted): Promise<bigint[]> {
  const { rows } = await ledger.pool.query<{ seq: bigint }>(
    `select seq from transaction where org_id = 'org_long' and seq > $1 and recorded_at >= to_timestamp($2 / 1000.0)
      and ($3::float8 is null or recorded_at < to_timestamp($3 / 1000.0)) and ($4::text is null or type = $4) order by seq`,
    [afterSeq, from, until, type],
  );
  return rows.map(({ seq }) => seq);
}

test("100,000 transactions pass one after the other, and never more than a page of them is held", async () => {
  let read = 0;
  const database = ledger.databases.of("org_long");
  const counting: OrganizationDatabase = {
    ...database,
    async query<Row extends QueryResultRow>(statement: string | QueryConfig, values?: readonly unknown[]) {
      const result = await database.query<Row>(statement, values);
      read += result.rows.length;
      return result;
    },
  };
  let taken = 0n;
  let heldMost = 0;
  for await (const { seq } of exported({}, counting)) {
    taken += 1n;
    if (seq !== taken) throw new Error(`${seq} came where ${taken} was due`);
    heldMost = Math.max(heldMost, read - Number(taken));
  }
  expect(taken).toBe(ROWS);
  expect(heldMost).toBeLessThan(1_010);
});

const second = (count: number) => START + 1_000 * count;
const cases: [what: string, wanted: Partial<Wanted>][] = [
  ["a period in the middle", { from: second(5_000), until: second(5_300) }],
  ["a period that begins and ends between two times", { from: second(5_000) + 1, until: second(5_300) + 1 }],
  ["from a time on", { from: second(14_000) }],
  ["up to the first time, exclusive", { until: second(0) }],
  ["up to just after the first time", { until: second(0) + 1 }],
  ["a period before all", { from: 0, until: START - 1 }],
  ["a period after all", { from: second(1_000_000), until: second(2_000_000) }],
  ["a period that ends before it begins", { from: second(300), until: second(200) }],
  ["one type", { type: "refund" }],
  ["a type that there is nothing of", { type: "topup" }],
  ["one type in a period", { type: "refund", from: second(100), until: second(9_000) }],
  ["after a number", { afterSeq: 99_990n }],
  ["after the last number", { afterSeq: ROWS }],
  [
    "one type after a number of another, in a period",
    { type: "refund", afterSeq: 50_005n, from: second(10) },
  ],
];

test.each(cases)("%s is exactly what the rows say", async (_what, wanted) => {
  const all: Wanted = { ...EVERYTHING, ...wanted };
  expect(await seqsOf(exported(all))).toEqual(await seqsWhere(all));
});

test.each([null, "refund"] as const)(
  "seconds of a long history are found without reading the rest, of type %s",
  async (type) => {
    const client = await ledger.pool.connect();
    const database = withinTransaction(client, "org_long");
    const rowsRead = async (): Promise<number> => {
      const { rows } = await client.query(ROWS_READ);
      return rows[0].count;
    };
    try {
      // The server adds its counts up at the end of a transaction: within one, they only rise.
      await client.query("begin; set local role airtime_app; set local app.org_id = 'org_long'");
      const before = await rowsRead();
      const seqs = await seqsOf(exported({ type, from: second(9_000), until: second(9_010) }, database));
      expect(seqs.length).toBeGreaterThan(0);
      // Two halvings of 17 steps and the rows themselves, each counted in the index and in the table.
      expect((await rowsRead()) - before).toBeLessThan(300);
    } finally {
      await client.query("rollback");
      client.release();
    }
  },
);

const ROWS_READ = `select (pg_stat_get_xact_tuples_fetched(c.oid) + pg_stat_get_xact_tuples_returned(c.oid)
    + coalesce((select sum(pg_stat_get_xact_tuples_returned(i.indexrelid)) from pg_index i
      where i.indrelid = c.oid), 0))::int as count
  from pg_class c where c.relname = 'transaction'`;

test("an organization that nobody knows has nothing to export", async () => {
  expect(await seqsOf(exportTransactions(ledger.databases.of("org_nobody"), EVERYTHING))).toEqual([]);
});
