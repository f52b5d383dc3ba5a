import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPool } from "../../src/storage/database.ts";
import { createTestDatabase } from "../setup/database.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
const folder = mkdtempSync(join(tmpdir(), "airtime-prices-"));

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = createPool({ connectionString: database.connectionString });
  await pool.query("insert into organization (id, name, slug) values ('org_acme', 'Acme', 'acme')");
  await pool.end();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

/** Runs `airtime prices …`. */
function prices(...argv: string[]): Promise<{ code: number; out: string; problem: string }> {
  const env = { ...process.env, DATABASE_URL: database.connectionString, AIRTIME_DATA_DIR: folder };
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve("bin/airtime.js"), "prices", ...argv],
      { env },
      (error, out, problem) => done({ code: typeof error?.code === "number" ? error.code : 0, out, problem }),
    );
  });
}

function fileOf(name: string, contents: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(contents));
  return path;
}

const llm = { component: "llm", architecture: "pipeline", rate: 0.01 };

test("airtime prices previews, adds and lists versions, and takes what it listed", async () => {
  const file = fileOf("override.json", {
    reason: "agreed",
    effective_from: "2099-01-01T00:00:00Z",
    rates: [llm],
  });
  const preview = await prices("add", "--file", file, "--org", "org_acme", "--preview");
  expect(preview).toMatchObject({ code: 0, problem: "" });
  expect(preview.out).toContain("Nothing was written");
  expect(preview.out).toContain("  llm pipeline gpt-4o-mini: 0.015 -> 0.01\n");
  expect(preview.out).toContain("3.5 min of pipeline, webcall: 0.2555 -> 0.2380\n");
  expect((await prices("add", "--file", file, "--org", "org_acme")).out).toContain(
    "Added: version 2 for org_acme",
  );
  expect((await prices("add", "--file", file, "--org", "org_acme")).out).toContain("Added before: version 2");
  const listed = await prices("list");
  expect(listed.out).toMatch(
    /^2 \| org_acme \| from 2099-01-01T00:00:00.000Z \| 1 rates \| cli: agreed\n1 \(in force\) \| everyone/,
  );
  const [everyones] = JSON.parse((await prices("list", "--json")).out).filter(
    (version: { organization_id: string | null }) => version.organization_id === null,
  );
  const same = fileOf("same.json", { reason: "nothing new", rates: everyones.rates });
  expect((await prices("add", "--file", same)).out).toMatch(
    /^Added before: version 1 for everyone.*\nNo rate changes\./,
  );
});

test("airtime prices says what is wrong, and exits 2 for a file or an id, 1 for prices that can't be", async () => {
  const good = fileOf("good.json", { reason: "r", rates: [llm] });
  const unknown = await prices("add", "--file", good, "--org", "org_none");
  expect(unknown).toMatchObject({ code: 2, problem: "There is no organization org_none.\n" });
  expect(await prices("add", "--file", join(folder, "none.json"))).toMatchObject({ code: 2 });
  const typo = fileOf("typo.json", { reason: "r", rates: [{ ...llm, modle: "x" }] });
  expect(await prices("add", "--file", typo)).toMatchObject({
    code: 2,
    problem: "rates.0.modle: Unknown field\n",
  });
  const gaps = await prices("add", "--file", good);
  expect(gaps.code).toBe(1);
  expect(gaps.problem).toContain("rates: No price for base of pipeline, webcall, platform_keys");
});
