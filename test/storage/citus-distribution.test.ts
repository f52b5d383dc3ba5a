import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { createTestDatabase } from "../setup/database.ts";

// Citus itself is on no machine of ours (docs/citus.md says so). Its functions are played by stand-ins that write down
// what they are asked, so that at least the choice of tables is known to be right.
const STAND_INS = `
  create table pg_dist_partition (logicalrelid regclass, method text, colocated text, truncated boolean default false);
  create function create_distributed_table(name regclass, key text, colocate_with text default null) returns void
    language sql as $$ insert into pg_dist_partition values (name, key, colocate_with) $$;
  create function create_reference_table(name regclass) returns void
    language sql as $$ insert into pg_dist_partition values (name, 'reference', null) $$;
  create function truncate_local_data_after_distributing_table(name regclass) returns void
    language sql as $$ update pg_dist_partition set truncated = true where logicalrelid = name $$;`;

const DISTRIBUTE = readFileSync(
  join(import.meta.dirname, "..", "..", "db", "citus", "distribute.sql"),
  "utf8",
);

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ connectionString: database.connectionString });
  await pool.query(STAND_INS);
  await pool.query(DISTRIBUTE);
  await pool.query(DISTRIBUTE);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

test("every table of the posting engine is distributed once, beside the account", async () => {
  const { rows } = await pool.query(
    "select logicalrelid::text as name, method, colocated, truncated from pg_dist_partition",
  );
  const tables = new Map(rows.map(({ name, ...how }) => [name, how]));
  expect(tables.size).toBe(rows.length);
  expect(tables.get("account")).toEqual({ method: "org_id", colocated: null, truncated: true });
  const beside = { method: "org_id", colocated: "account", truncated: true };
  const engineTables = [
    "transaction",
    "session",
    "natural_id",
    "usage_refund",
    "purchase",
    "outbox",
    "idempotency",
  ];
  for (const name of engineTables) expect([name, tables.get(name)]).toEqual([name, beside]);
  expect(tables.get("price_version")).toEqual({ method: "reference", colocated: null, truncated: true });
});

test("what is looked up without its organization stays on the coordinator", async () => {
  const { rows } = await pool.query("select logicalrelid::text as name from pg_dist_partition");
  const names = rows.map(({ name }) => name);
  for (const name of ["api_key", "member", "person", "organization", "lemon_squeezy_event"]) {
    expect(names).not.toContain(name);
  }
});

test("no key of a distributed table would have to be unique over all machines", async () => {
  const { rows } = await pool.query(
    `select i.indexrelid::regclass::text as index
     from pg_dist_partition p
     join pg_index i on i.indrelid = p.logicalrelid and i.indisunique
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where p.method = 'org_id' and a.attname <> 'org_id'`,
  );
  expect(rows).toEqual([]);
});
