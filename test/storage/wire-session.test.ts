import { once } from "node:events";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isTransient, sqlStateOf, violatedConstraintOf } from "../../src/storage/database.ts";
import { binaryArray } from "../../src/storage/wire/binary-array.ts";
import { openWireSession, type WireSession } from "../../src/storage/wire/session.ts";
import { createTestDatabase } from "../setup/database.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  database = await createTestDatabase("template1");
});

afterAll(() => database.drop());

async function open(
  onLost = () => {},
  silenceMs?: number,
): Promise<{ session: WireSession; client: pg.Client }> {
  const client = new pg.Client({ connectionString: database.connectionString });
  client.on("error", () => {}); // a test cuts the connection
  await client.connect();
  return { session: openWireSession(client, onLost, silenceMs), client };
}

const statement = (text: string, values: readonly (Buffer | string | null)[] = [], name = text) => ({
  name,
  text,
  values,
});

test("every element type arrives as it was sent, nulls and all", async () => {
  const { session } = await open();
  const columns = {
    text: ["", "plain", "Ünïcödé ☎ 😀", "x".repeat(100_000), null],
    bigint: [0n, -1n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, null],
    integer: [0, -1, 2_147_483_647, -2_147_483_648, null],
    boolean: [true, false, true, false, null],
    json: ['{"a":1}', "[]", '"😀"', "null", null],
    bytea: ["", "00ff", "deadbeef", "7f", null],
    timestamptz: [0, 1_790_000_000_123, -1, Date.UTC(2000, 0, 1), null],
  } as const;
  for (const [type, values] of Object.entries(columns)) {
    const elementType = type as keyof typeof columns;
    const parameter = binaryArray(
      elementType,
      values as readonly (string | bigint | null)[],
      (value) => value,
    );
    const [result] = await session.exchange([
      statement(`select v from unnest($1::${type}[]) with ordinality as u (v, n) order by n`, [parameter]),
    ]);
    expect(result?.rows.map(({ v }) => plain(v))).toEqual(values.map((value) => expected(type, value)));
  }
  await session.close();
});

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  return Buffer.isBuffer(value) ? value.toString("hex") : value;
}

function expected(type: string, value: unknown): unknown {
  return type === "json" && typeof value === "string" ? JSON.parse(value) : value;
}

test("an array of texts is read with its nulls, and an empty one as empty", async () => {
  const { session } = await open();
  const [result] = await session.exchange([
    statement("select array['a', null, 'ü']::text[] as some, array[]::text[] as none"),
  ]);
  expect(result?.rows).toEqual([{ some: ["a", null, "ü"], none: [] }]);
  await session.close();
});

test("statements of one exchange answer in order, each with its tag, prepared or not", async () => {
  const { session } = await open();
  for (let round = 0; round < 3; round++) {
    const results = await session.exchange([
      statement("begin"),
      statement("select $1::text as given", ["text"]),
      { name: null, text: "select set_config('a.b', $1, true)", values: ["unnamed"] },
      statement("select current_setting('a.b') as setting, null::text as nothing"),
      statement("commit"),
    ]);
    expect(results.map(({ tag }) => tag)).toEqual(["BEGIN", "SELECT 1", "SELECT 1", "SELECT 1", "COMMIT"]);
    expect(results[1]?.rows).toEqual([{ given: "text" }]);
    expect(results[3]?.rows).toEqual([{ setting: "unnamed", nothing: null }]);
  }
  await session.close();
});

test("rows that come in many packets are put together", async () => {
  const { session } = await open();
  const [result] = await session.exchange([
    statement("select n, repeat(chr(65 + n % 26), 50000) as filler from generate_series(0, 199) as n"),
  ]);
  expect(result?.rows.map(({ filler }) => filler.length)).toEqual(Array(200).fill(50_000));
  expect(result?.rows[27]).toMatchObject({ n: 27, filler: "B".repeat(50_000) });
  await session.close();
});

test("the first failure rejects the exchange, with what the storage branches on", async () => {
  const { session, client } = await open();
  const failing = session.exchange([
    statement("create temporary table t (id integer constraint t_pk primary key)"),
    statement("insert into t values (1), (1)"),
    statement("select no_such_function()"),
  ]);
  const error = await failing.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(pg.DatabaseError);
  expect(sqlStateOf(error)).toBe("23505");
  expect(violatedConstraintOf(error)).toBe("t_pk");
  expect(isTransient(error)).toBe(false);
  await client.end();
});

test("after a failure a transaction can be rolled back, and statements that were not reached are prepared anew", async () => {
  const { session } = await open();
  const one = statement("select 1 as one");
  const two = statement("select 2 as two");
  await session.exchange([one]);
  const failing = session.exchange([
    statement("begin"),
    statement("select 1 / $1::integer as n", ["0"]),
    one,
    two,
  ]);
  await expect(failing).rejects.toMatchObject({ code: "22012" });
  const results = await session.exchange([
    statement("rollback"),
    one,
    two,
    statement("select 1 / $1::integer as n", ["1"]),
  ]);
  expect(results.map(({ rows }) => rows)).toEqual([[], [{ one: 1 }], [{ two: 2 }], [{ n: 1 }]]);
  await session.close();
});

test("a connection that is cut rejects what is under way, and everything after it", async () => {
  let lost = 0;
  const { session } = await open(() => {
    lost += 1;
  });
  const [own] = await session.exchange([statement("select pg_backend_pid() as pid")]);
  const waiting = session
    .exchange([statement("select pg_sleep(60)::text as nothing")])
    .catch((reason: unknown) => reason);
  const killer = new pg.Client({ connectionString: database.connectionString });
  await killer.connect();
  await killer.query("select pg_terminate_backend($1)", [own?.rows[0].pid]);
  await killer.end();
  expect(isTransient(await waiting)).toBe(true);
  await expect.poll(() => lost).toBe(1);
  const after = await session.exchange([statement("select 1 as one")]).catch((reason: unknown) => reason);
  expect(isTransient(after)).toBe(true);
});

test("a server that says nothing is lost while it is asked something, and not before", async () => {
  let lost = 0;
  const { session, client } = await open(() => {
    lost += 1;
  }, 100);
  const { stream } = Reflect.get(client, "connection");
  await once(stream, "timeout");
  const [answer] = await session.exchange([statement("select 1 as one")]);
  expect(answer?.rows).toEqual([{ one: 1 }]);
  await once(stream, "timeout");
  expect(lost).toBe(0);
  const error = await session
    .exchange([statement("select pg_sleep(60)::text as nothing")])
    .catch((reason: unknown) => reason);
  expect(isTransient(error)).toBe(true);
  await expect.poll(() => lost).toBe(1);
});

test("a column of a type that it does not read is a fault, not a wrong value", async () => {
  const { session } = await open();
  await expect(session.exchange([statement("select 1.5::numeric as n")])).rejects.toThrow("type 1700");
});
