import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool, isTransient } from "../../src/storage/database.ts";
import { createTestDatabase } from "../setup/database.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let proxy: TcpProxy;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startTcpProxy(database.connectionString);
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

test("a connection of a pool that falls silent is given up, and the next one works", async () => {
  const pool = createPool({ connectionString: proxy.connectionString, queryTimeoutMs: 300 });
  await pool.query("select 1");
  proxy.fallSilent();
  const failure = await pool.query("select 1").catch((error: unknown) => error);
  expect(isTransient(failure)).toBe(true);
  proxy.recover();
  expect((await pool.query("select 2 as two")).rows).toEqual([{ two: 2 }]);
  await pool.end();
});

test("a connection lost between the statements of a transaction fails its next one, and nothing else", async () => {
  const pool = createPool(database);
  const client = await pool.connect();
  await client.query("begin");
  const { rows } = await client.query("select pg_backend_pid() as pid");
  const said = new Promise((resolve) => client.once("end", resolve));
  await pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
  // Nobody asks anything of it when the server says goodbye: unheard, that would end the process.
  await said;
  expect(isTransient(await client.query("select 1").catch((error: unknown) => error))).toBe(true);
  client.release(true);
  await pool.end();
});
