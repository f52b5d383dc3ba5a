import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onlyOne } from "./only-one.js";

const root = join(fileURLToPath(import.meta.url), "..", "..");

/** Installs what package-lock.json asks for and node_modules lacks; returns at once when that is nothing. Never removes
 *  or replaces the whole folder once it exists: a running service loads from it.
 *  @param production true leaves the development tools out, which is quicker, unless some are there. */
export async function install({ production }) {
  if (missing(production).length === 0) return;
  await onlyOne(join(root, ".build", "install.lock"), () => {
    const lacking = missing(production); // another process may have installed it while we waited
    if (lacking.length === 0) return;
    const fresh = !existsSync(join(root, "node_modules", ".package-lock.json"));
    console.error(`Installing ${fresh ? "packages" : `${lacking.length} packages`} …`);
    runNpm([
      ...(fresh ? ["ci"] : ["install", "--no-save"]),
      ...["--ignore-scripts", "--no-audit", "--no-fund", "--include=optional", "--loglevel=error"],
      // Said either way: NODE_ENV=production or a user's npmrc must not decide it. What npm is told to omit it removes.
      production && !hasTools() ? "--omit=dev" : "--include=dev",
    ]);
    const still = missing(production);
    if (still.length > 0) throw new Error(`npm ended well but did not install ${still.join(", ")}.`);
  });
}

function runNpm(npmArguments) {
  // Under npm, its own script is known and need not be found; a bare `node bin/airtime.js` looks on the PATH.
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith("npm-cli.js") ? [process.execPath, [script]] : ["npm", []];
  // npm's progress goes to stderr: stdout belongs to the command that was asked for.
  const outcome = spawnSync(command, [...first, ...npmArguments], { cwd: root, stdio: ["ignore", 2, 2] });
  if (outcome.error) throw new Error(`npm can't be started (${outcome.error.message}). Is it installed?`);
  if (outcome.status !== 0) throw new Error(`npm ${npmArguments[0]} failed, see above.`);
}

/** Paths of packages that are needed and not installed in the locked version. */
function missing(production) {
  const wanted = packagesOf(join(root, "package-lock.json"));
  const installed = installedPackages();
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== "" && isNeeded(entry, production))
    .filter(([path, entry]) => installed[path]?.version !== entry.version || !existsSync(join(root, path)))
    .map(([path]) => path);
}

function installedPackages() {
  const file = join(root, "node_modules", ".package-lock.json");
  return existsSync(file) ? packagesOf(file) : {};
}

/** Whether development tools were installed. */
function hasTools() {
  return Object.values(installedPackages()).some(({ dev }) => dev === true);
}

function isNeeded(entry, production) {
  if (entry.dev && production) return false;
  if (!entry.optional && !entry.devOptional) return true;
  // Of the optional packages only the platform's own binaries are needed; others depend on what npm could install.
  return (entry.os !== undefined || entry.cpu !== undefined) && fitsPlatform(entry);
}

function fitsPlatform({ os, cpu, libc }) {
  return (
    fits(os, process.platform) && fits(cpu, process.arch) && (libc === undefined || fits(libc, libcName()))
  );
}

function fits(allowed, actual) {
  return allowed === undefined || allowed.includes(actual);
}

function libcName() {
  const musl = existsSync("/lib") && readdirSync("/lib").some((name) => name.startsWith("ld-musl-"));
  return musl ? "musl" : "glibc";
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await install({ production: process.argv.includes("--production") }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
