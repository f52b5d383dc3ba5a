import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool, isTransient, sqlStateOf, violatedConstraintOf } from "../../src/storage/database.ts";
import { createTestDatabase } from "../setup/database.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase("template1");
  pool = createPool({ connectionString: database.connectionString });
  await pool.query("create table item (id int constraint item_pkey primary key, value int)");
  await pool.query("insert into item values (1, 0), (2, 0)");
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test("int8 arrives as bigint, alone and in arrays, and timestamptz as Date", async () => {
  const { rows } = await pool.query(
    `select 9007199254740993::int8 as big, array[1, null, -9007199254740993]::int8[] as bigs, '{}'::int8[] as none,
       '2024-01-15T14:30:00.123Z'::timestamptz as time`,
  );
  expect(rows).toEqual([
    {
      big: 9007199254740993n,
      bigs: [1n, null, -9007199254740993n],
      none: [],
      time: new Date("2024-01-15T14:30:00.123Z"),
    },
  ]);
});

test("a deadlock is transient", async () => {
  expect(isTransient(await deadlock())).toBe(true);
});

test("a serialization failure is transient", async () => {
  const [one, two] = [await pool.connect(), await pool.connect()];
  await one.query("begin isolation level repeatable read");
  await one.query("select value from item where id = 1");
  await two.query("update item set value = value + 1 where id = 1");
  const error = await failureOf(one.query("update item set value = value + 1 where id = 1"));
  await one.query("rollback");
  one.release();
  two.release();
  expect(sqlStateOf(error)).toBe("40001");
  expect(isTransient(error)).toBe(true);
});

test("a connection that is cut under a statement is transient, and the pool goes on", async () => {
  const client = await pool.connect();
  client.on("error", () => {}); // the cut is also told to the connection itself
  const { rows } = await client.query("select pg_backend_pid() as pid");
  const cut = failureOf(client.query("select pg_sleep(30)"));
  await pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
  expect(isTransient(await cut)).toBe(true);
  const after = await failureOf(client.query("select 1"));
  client.release(true);
  expect(isTransient(after)).toBe(true);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("a server that is not there is transient, also when wrapped as a cause", async () => {
  const nowhere = createPool({ connectionString: "postgres://nobody:none@127.0.0.1:1/none" });
  const error = await failureOf(nowhere.query("select 1"));
  await nowhere.end();
  expect(isTransient(error)).toBe(true);
  expect(isTransient(new Error("posting failed", { cause: error }))).toBe(true);
});

test("a broken constraint is permanent and told by its name, without a shard's number", async () => {
  const error = await failureOf(pool.query("insert into item values (1, 0)"));
  expect(isTransient(error)).toBe(false);
  expect(violatedConstraintOf(error)).toBe("item_pkey");
  await pool.query("create table item_102008 (id int constraint item_pkey_102008 primary key)");
  const sharded = await failureOf(pool.query("insert into item_102008 values (1), (1)"));
  expect(violatedConstraintOf(sharded)).toBe("item_pkey");
});

test("bugs are permanent", async () => {
  expect(isTransient(await failureOf(pool.query("select from nothing")))).toBe(false);
  expect(isTransient(new TypeError("x is not a function"))).toBe(false);
  expect(isTransient("a string")).toBe(false);
});

async function deadlock(): Promise<unknown> {
  const [one, two] = [await pool.connect(), await pool.connect()];
  await one.query("begin; update item set value = 1 where id = 1");
  await two.query("begin; update item set value = 1 where id = 2");
  const crossed = await Promise.allSettled([
    one.query("update item set value = 1 where id = 2"),
    two.query("update item set value = 1 where id = 1"),
  ]);
  await one.query("rollback");
  await two.query("rollback");
  one.release();
  two.release();
  return crossed.find((outcome) => outcome.status === "rejected")?.reason;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error("It was expected to fail.");
    },
    (error: unknown) => error,
  );
}
