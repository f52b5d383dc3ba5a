import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Runs work while holding a lock file; a second process waits for the first. A lock whose holder died is taken over. */
export async function onlyOne(lockFile, work) {
  mkdirSync(dirname(lockFile), { recursive: true });
  while (!tryLock(lockFile)) {
    if (isStale(lockFile)) rmSync(lockFile, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock(lockFile) {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isStale(lockFile) {
  try {
    const pid = Number(readFileSync(lockFile, "utf8"));
    // Created and not yet written, for a moment; for longer only if its writer died in between.
    if (pid === 0) return Date.now() - statSync(lockFile).mtimeMs > 5_000;
    return !isAlive(pid);
  } catch {
    return false; // released just now
  }
}

/** Whether a process with this number exists. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
