#!/usr/bin/env node
// `npm run bench`: installs what is missing, bundles the bench with the present sources, and runs it. It needs neither a
// build of the page nor the tools of development.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { install } from "./install.js";

// As `npm start` runs the service: it can't be set from within.
const YOUNG_GENERATION = "--max-semi-space-size=32";
const root = join(fileURLToPath(import.meta.url), "..", "..");
const BUNDLE = "--bundle-into";

if (process.argv[2] === BUNDLE) await bundle(process.argv[3]);
else if (process.execArgv.includes(YOUNG_GENERATION)) await run().catch(fail);
else runAgain();

function runAgain() {
  const words = [YOUNG_GENERATION, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, words, { stdio: "inherit" });
  process.exitCode = status ?? 1;
}

async function run() {
  await install({ production: true });
  const builds = join(root, ".build");
  mkdirSync(builds, { recursive: true });
  const folder = mkdtempSync(join(builds, "bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // In a process of its own: the bundler sets NODE_ENV and keeps 200 MB, and this process is going to be measured.
  const script = fileURLToPath(import.meta.url);
  const outcome = spawnSync(process.execPath, [script, BUNDLE, folder], { stdio: ["ignore", 2, 2] });
  if (outcome.status !== 0) throw new Error(`The bench could not be bundled (${outcome.status}), see above.`);
  await import(pathToFileURL(join(folder, "bench.js")).href);
}

async function bundle(folder) {
  const vite = await import("vite");
  await vite.build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      ssr: true,
      outDir: folder,
      target: "node20",
      minify: false,
      rolldownOptions: {
        // Each is a process: the bench, the service, what answers nothing but a constant, and what sends requests.
        input: {
          bench: join(root, "bench", "main.ts"),
          cli: join(root, "src", "cli.ts"),
          "noop-process": join(root, "bench", "http", "noop-process.ts"),
          "load-process": join(root, "bench", "http", "load-process.ts"),
        },
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
}

function fail(error) {
  console.error(error.message);
  process.exitCode = 1;
}
