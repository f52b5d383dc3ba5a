import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

// A small project of the same shape, with the real bin/: what it does does not depend on what it starts.
const repository = join(import.meta.dirname, "..", "..");
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "airtime-clone-"));
  cpSync(join(repository, "bin"), join(project, "bin"), { recursive: true });
  for (const name of ["package.json", "package-lock.json"])
    cpSync(join(repository, name), join(project, name));
  symlinkSync(join(repository, "node_modules"), join(project, "node_modules"));
  mkdirSync(join(project, "migrations"));
  mkdirSync(join(project, "src"));
  writeProgram(
    "console.log(JSON.stringify({ argv: process.argv.slice(2), pid: process.pid, env: process.env.NODE_ENV }));",
  );
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

test("the command builds, then runs in the very process that was started, arguments and NODE_ENV untouched", async () => {
  const run = start(["serve", "--flag"]);
  const { stdout, stderr, code } = await outcomeOf(run);
  expect(stderr).toContain("Building");
  expect(JSON.parse(stdout)).toEqual({ argv: ["serve", "--flag"], pid: run.pid });
  expect(code).toBe(0);
});

test("a second start builds nothing, also through a symbolic link and from another folder", async () => {
  await outcomeOf(start([]));
  const link = join(project, "airtime");
  symlinkSync(join(project, "bin", "airtime.js"), link);
  const { stdout, stderr } = await outcomeOf(start(["verify"], { script: link, cwd: "/" }));
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ argv: ["verify"] });
});

test("changed sources get a build of their own beside the old one", async () => {
  await outcomeOf(start([]));
  writeProgram("console.log('changed');");
  expect((await outcomeOf(start([]))).stdout).toBe("changed\n");
  expect(builds()).toHaveLength(2);
});

test("two first starts at once make one build, and both run", async () => {
  const outcomes = await Promise.all([outcomeOf(start(["one"])), outcomeOf(start(["two"]))]);
  expect(outcomes.map(({ stdout }) => JSON.parse(stdout).argv)).toEqual([["one"], ["two"]]);
  expect(builds()).toHaveLength(1);
});

test("an old build is tidied away, but not while a process runs from it", async () => {
  writeProgram("process.stdin.once('data', () => process.exit()); console.log('up');");
  const running = start([], { stdin: "pipe" });
  await once(running.stdout ?? running, "data");
  const [inUse = ""] = builds();
  const unused = join(project, ".build", "0123456789abcdef");
  mkdirSync(unused);
  const longAgo = new Date(Date.now() - 30 * 24 * 3_600_000);
  for (const folder of [join(project, ".build", inUse), unused]) utimesSync(folder, longAgo, longAgo);
  writeProgram("console.log('newer');");
  await outcomeOf(start([]));
  expect(existsSync(unused)).toBe(false);
  expect(builds()).toContain(inUse);
  running.stdin?.write("end\n");
  await once(running, "exit");
});

test("a signal reaches the program, and its exit code is the command's", async () => {
  writeProgram(
    "process.once('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up');",
  );
  const running = start([]);
  await once(running.stdout ?? running, "data");
  running.kill("SIGTERM");
  expect((await once(running, "exit"))[0]).toBe(7);
});

test("a build that fails says so, exits 1 and leaves no build behind", async () => {
  writeProgram('import "./missing.ts";');
  const { stderr, code } = await outcomeOf(start([]));
  expect(code).toBe(1);
  expect(stderr).toContain("missing.ts");
  expect(builds()).toEqual([]);
});

function writeProgram(source: string): void {
  writeFileSync(join(project, "src", "cli.ts"), source);
}

function builds(): string[] {
  return readdirSync(join(project, ".build")).filter((name) => /^[0-9a-f]{16}$/.test(name));
}

function start(
  argv: readonly string[],
  options: { script?: string; cwd?: string; stdin?: "pipe" } = {},
): ChildProcess {
  const { NODE_ENV: _ours, ...env } = process.env;
  return spawn(process.execPath, [options.script ?? join(project, "bin", "airtime.js"), ...argv], {
    cwd: options.cwd ?? project,
    env,
    stdio: [options.stdin ?? "ignore", "pipe", "pipe"],
  });
}

async function outcomeOf(
  child: ChildProcess,
): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const said = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (said.stdout += chunk));
  child.stderr?.on("data", (chunk: Buffer) => (said.stderr += chunk));
  const [code] = await once(child, "close");
  return { ...said, code };
}
