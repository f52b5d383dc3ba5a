import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { isAlive, onlyOne } from "./only-one.js";

const root = join(fileURLToPath(import.meta.url), "..", "..");
const builds = join(root, ".build");

/** Folder of the build of the present sources, or null when there is none yet. Each build has a folder of its own, named
 *  by what it was made from, so that a second service never rebuilds under the first. */
export function existingBuild() {
  const folder = join(builds, hashOfInputs());
  return existsSync(join(folder, "build.json")) ? folder : null;
}

/** Marks a build as used by this process for as long as it lives, so that nobody tidies it away. */
export function markInUse(folder) {
  const mark = join(folder, "used-by", String(process.pid));
  mkdirSync(join(mark, ".."), { recursive: true });
  writeFileSync(mark, "");
  process.once("exit", () => rmSync(mark, { force: true }));
}

/** Builds server and page unless they are built already. @returns the build's folder. */
async function build() {
  return existingBuild() ?? (await onlyOne(join(builds, "build.lock"), buildNow));
}

async function buildNow() {
  const done = existingBuild(); // another process may have built it while we waited
  if (done !== null) return done;
  console.error("Building …");
  const folder = join(builds, hashOfInputs());
  const draft = mkdtempSync(join(builds, "draft-"));
  try {
    await buildServer(join(draft, "server"));
    if (existsSync(join(root, "web", "index.html"))) await buildPage(join(draft, "web"));
    // The service reads these while it runs; its own copy does not change when the sources do.
    cpSync(join(root, "migrations"), join(draft, "migrations"), { recursive: true });
    writeFileSync(join(draft, "build.json"), JSON.stringify({ builtAt: new Date().toISOString() }));
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  removeOldBuilds(folder);
  return folder;
}

async function buildServer(outDir) {
  const vite = await import("vite");
  await vite.build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      ssr: join(root, "src", "cli.ts"),
      outDir,
      emptyOutDir: true,
      target: "node20",
      minify: false,
      rolldownOptions: { output: { entryFileNames: "cli.js", chunkFileNames: "[name]-[hash].js" } },
    },
  });
}

async function buildPage(outDir) {
  const vite = await import("vite");
  const directory = join(root, "web");
  await vite.build({
    root: directory,
    configFile: join(directory, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir, emptyOutDir: true },
  });
  for (const file of filesOf(outDir)) if (/\.(js|css|svg)$/.test(file)) compress(file);
}

/** Once, at its best, beside the file: the service sends these to whoever takes them. */
function compress(file) {
  const content = readFileSync(file);
  writeFileSync(`${file}.br`, brotliCompressSync(content));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}

const INPUTS = ["src", "sandbox", "web", "migrations", "package-lock.json", "tsconfig.json", "bin"];

function hashOfInputs() {
  const hash = createHash("sha256");
  for (const file of INPUTS.flatMap((name) => filesOf(join(root, name))).sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !/^(node_modules|dist|\..*)$|\.test\.tsx?$/.test(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]));
}

const OLD_MS = 7 * 24 * 3_600_000;

/** A week is kept for going back; a build that some process still runs from is kept whatever its age. */
function removeOldBuilds(present) {
  for (const entry of readdirSync(builds, { withFileTypes: true })) {
    const folder = join(builds, entry.name);
    if (!entry.isDirectory() || folder === present || Date.now() - statSync(folder).mtimeMs < OLD_MS)
      continue;
    const marks = join(folder, "used-by");
    const used = existsSync(marks) && readdirSync(marks).some((pid) => isAlive(Number(pid)));
    if (!used) rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await build().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
