import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

// A project with the real bin/ and packages that come from files, so that npm needs no network.
const repository = join(import.meta.dirname, "..", "..");
let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "airtime-install-"));
  cpSync(join(repository, "bin"), join(project, "bin"), { recursive: true });
  for (const name of ["needed", "added", "tool"]) pack(name);
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test("starting installs what is new and removes no development tools", { timeout: 240_000 }, () => {
  lock({ dependencies: ["needed"], devDependencies: ["tool"] });
  run("node", ["bin/install.js"]);
  expect(installed()).toEqual(["needed", "tool"]);
  lock({ dependencies: ["needed", "added"], devDependencies: ["tool"] });
  run("node", ["bin/install.js", "--production"]);
  expect(installed()).toEqual(["added", "needed", "tool"]);
});

test("a first start leaves development tools out", { timeout: 240_000 }, () => {
  rmSync(join(project, "node_modules"), { recursive: true, force: true });
  lock({ dependencies: ["needed"], devDependencies: ["tool"] });
  run("node", ["bin/install.js", "--production"]);
  expect(installed()).toEqual(["needed"]);
});

function installed(): string[] {
  return ["added", "needed", "tool"].filter((name) => existsSync(join(project, "node_modules", name)));
}

function pack(name: string): void {
  const folder = join(project, "packages", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.0.0" }));
  run("npm", ["pack", `./packages/${name}`]);
}

/** Writes package.json and the lockfile that belongs to it. */
function lock(groups: Readonly<Record<"dependencies" | "devDependencies", readonly string[]>>): void {
  const entries = Object.entries(groups).map(([group, names]) => [
    group,
    Object.fromEntries(names.map((name) => [name, `file:${name}-1.0.0.tgz`])),
  ]);
  const described = { name: "project", version: "1.0.0", type: "module", ...Object.fromEntries(entries) };
  writeFileSync(join(project, "package.json"), JSON.stringify(described));
  run("npm", ["install", "--package-lock-only", "--offline", "--no-audit", "--no-fund"]);
}

function run(command: string, argv: readonly string[]): void {
  const { status, stderr } = spawnSync(command, argv, { cwd: project, encoding: "utf8" });
  expect(stderr).not.toContain("npm error");
  expect(status).toBe(0);
}
