import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedPostgresFault } from "./embedded-postgres-fault.ts";
import { isAlive } from "./process-identity.ts";

/** What a running server says of itself in postmaster.pid (PostgreSQL's miscadmin.h, LOCK_FILE_LINE_*). */
export type PostmasterFile = { readonly pid: number; readonly port: number; readonly ready: boolean };

/** Reads it; null when there is none, or only the first lines have been written yet. */
export function readPostmasterFile(cluster: string): PostmasterFile | null {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    const [pid, port] = [Number(lines[0]), Number(lines[3])];
    return pid > 0 && port > 0 ? { pid, port, ready: lines[7]?.trim() === "ready" } : null;
  } catch {
    return null;
  }
}

/** The server that runs on this cluster, whoever started it, or null. */
export function runningServerOf(cluster: string): PostmasterFile | null {
  const file = readPostmasterFile(cluster);
  return file !== null && servesCluster(file.pid, cluster) ? file : null;
}

/** Clears the way for a new server: an orphan, left by a service that was killed, is shut down cleanly; a
 *  postmaster.pid whose number now belongs to an unrelated process is removed. The caller holds the directory's lock. */
export async function clearCluster(cluster: string, log: { warn(message: string): void }): Promise<void> {
  const file = readPostmasterFile(cluster);
  if (file === null) return;
  if (servesCluster(file.pid, cluster)) {
    log.warn(`PostgreSQL ${file.pid} was left running by a service that died; shutting it down.`);
    await stopProcess(file.pid);
  }
  const until = Date.now() + 10_000;
  while (survivorsOf(cluster).length > 0 && Date.now() < until) await delay(20);
  // Only when nobody works in the cluster: removing the file under surviving children of a killed server would let a
  // second one write beside them. PostgreSQL does remove it itself, unless the number is in use, be it by a zombie.
  if (survivorsOf(cluster).length === 0 && !servesCluster(file.pid, cluster)) {
    rmSync(join(cluster, "postmaster.pid"), { force: true });
  }
}

/** Fast shutdown of a server that is not our child: sessions are cut, everything is written, nothing is lost. */
async function stopProcess(pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGINT", 30_000],
    ["SIGQUIT", 5_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ESRCH") return;
      throw new EmbeddedPostgresFault(
        "data_directory_unusable",
        `PostgreSQL ${pid} can't be stopped: not ours.`,
        {
          cause: error,
        },
      );
    }
    const until = Date.now() + waitMs;
    while (isAlive(pid) && Date.now() < until) await delay(20);
    if (!isAlive(pid)) return;
  }
  throw new EmbeddedPostgresFault(
    "data_directory_unusable",
    `PostgreSQL ${pid} does not stop: kill it first.`,
  );
}

function servesCluster(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === "linux") return workingDirectoryOf(pid) === realpathSync(cluster);
  return commandOf(pid).includes(cluster); // its -D argument, see directoryArgument
}

/** Processes of this cluster: every server process works in its cluster's directory. */
function survivorsOf(cluster: string): number[] {
  if (process.platform !== "linux") return [];
  const directory = realpathSync(cluster);
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && workingDirectoryOf(pid) === directory);
}

function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}

function workingDirectoryOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}
