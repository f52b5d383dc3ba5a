#!/usr/bin/env node
// Runs before anything is installed, on whatever Node there is: no packages, and nothing newer than dynamic import
// before the version is known to be new enough.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Airtime needs Node 20.19 or newer; this is ${process.versions.node}. See https://nodejs.org.`,
  );
  process.exit(1);
}

try {
  const { install } = await import("./install.js");
  await install({ production: true });
  const { existingBuild, markInUse } = await import("./build.js");
  const folder = existingBuild() ?? (await buildAside(existingBuild));
  markInUse(folder);
  // In this very process: a signal to it is a signal to the service, and its exit code is the service's.
  const { join } = await import("node:path");
  const { pathToFileURL } = await import("node:url");
  await import(pathToFileURL(join(folder, "server", "cli.js")).href);
} catch (error) {
  console.error(process.env.AIRTIME_LOG_LEVEL === "debug" ? error : error.message);
  process.exitCode = 1;
}

/** Builds in a process of its own: the bundler sets NODE_ENV and keeps 200 MB that a service has no use for. */
async function buildAside(existingBuild) {
  const { spawnSync } = await import("node:child_process");
  const { fileURLToPath } = await import("node:url");
  const script = fileURLToPath(new URL("./build.js", import.meta.url));
  const outcome = spawnSync(process.execPath, [script], { stdio: ["ignore", 2, 2] });
  if (outcome.status !== 0)
    throw new Error(`The build failed (${outcome.signal ?? outcome.status}), see above.`);
  return existingBuild();
}
