import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { migrate, pendingMigrations } from "../../src/storage/migrate.ts";
import { createTestDatabase } from "../setup/database.ts";

let directory: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "airtime [migrations] "));
  database = await createTestDatabase("template1");
  pool = createPool({ connectionString: database.connectionString });
  write("0001.do.accounts.sql", "create table account (id int primary key);");
  write("0002.do.names.sql", "alter table account add name text;\ninsert into account values (1, 'first');");
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

test("files run once, in order, and are no longer pending", async () => {
  expect(await pendingMigrations(pool, directory)).toEqual(["0001.accounts", "0002.names"]);
  expect(await run()).toEqual(["0001.accounts", "0002.names"]);
  expect(await pendingMigrations(pool, directory)).toEqual([]);
  expect(await run()).toEqual([]);
});

test("processes that start at once run each file exactly once", async () => {
  const runs = await Promise.all([run(), run(), run(), run()]);
  expect(runs.flat().sort()).toEqual(["0001.accounts", "0002.names"]);
  expect((await pool.query("select name from account")).rows).toEqual([{ name: "first" }]);
});

test("a file that fails leaves nothing of itself, and the files before it in place", async () => {
  write("0003.do.broken.sql", "create table half (id int);\nselect 1 / 0;");
  await expect(run()).rejects.toMatchObject({
    kind: "migration_failed",
    message: expect.stringContaining("0003.broken"),
    cause: { code: "22012" },
  });
  expect(await pendingMigrations(pool, directory)).toEqual(["0003.broken"]);
  expect((await pool.query("select to_regclass('half') as half")).rows).toEqual([{ half: null }]);
});

test("an edited released file is refused by name", async () => {
  await run();
  write("0001.do.accounts.sql", "create table account (id bigint primary key);");
  await expect(run()).rejects.toMatchObject({
    kind: "released_migration_edited",
    message: expect.stringContaining("0001.accounts"),
  });
});

test("other line endings are no edit", async () => {
  await run();
  write(
    "0002.do.names.sql",
    "alter table account add name text;\r\ninsert into account values (1, 'first');",
  );
  expect(await run()).toEqual([]);
});

test("a database that is newer than the installation is refused", async () => {
  await run();
  rmSync(join(directory, "0002.do.names.sql"));
  await expect(run()).rejects.toMatchObject({ kind: "database_is_newer" });
});

test("a file numbered before one that already ran is refused, not skipped", async () => {
  rmSync(join(directory, "0001.do.accounts.sql"));
  write("0002.do.names.sql", "create table name (id int);");
  await run();
  write("0001.do.accounts.sql", "create table account (id int primary key);");
  await expect(run()).rejects.toMatchObject({ kind: "migration_out_of_order" });
});

function run(): Promise<string[]> {
  return migrate(database.connectionString, directory);
}

function write(name: string, sql: string): void {
  writeFileSync(join(directory, name), sql);
}
