import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process, told apart from a later one that was given the same number. */
export type ProcessIdentity = { readonly pid: number; readonly startedAt: string };

/** The identity of a running process, or null when no process has that number. */
export function identityOf(pid: number): ProcessIdentity | null {
  if (!isAlive(pid)) return null;
  const startedAt = startOf(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Whether exactly this process, not a successor with its number, still runs. */
export function isRunning(process: ProcessIdentity): boolean {
  return identityOf(process.pid)?.startedAt === process.startedAt;
}

/** Whether some process has this number. A zombie counts as gone: it holds nothing any more. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to someone else.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return statOf(pid)?.state !== "Z";
}

function startOf(pid: number): string | null {
  const stat = statOf(pid);
  // Ticks since boot repeat after a reboot, so the boot is part of the identity.
  if (stat !== null) return `${bootId()}/${stat.startTicks}`;
  try {
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return text === "" ? null : text;
  } catch {
    return null;
  }
}

function statOf(pid: number): { state: string; startTicks: string } | null {
  try {
    // The second field, the program's name, may itself contain spaces and parentheses.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const [state, startTicks] = [fields[0], fields[19]];
    return state && startTicks ? { state, startTicks } : null;
  } catch {
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
