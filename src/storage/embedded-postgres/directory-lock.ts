import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedPostgresFault } from "./embedded-postgres-fault.ts";
import { identityOf, isRunning, type ProcessIdentity } from "./process-identity.ts";

export type LockHolder = ProcessIdentity & { readonly purpose: "service" | "command" };

/** Takes a data directory for this process; resolves with the release. The lock dies with its holder, kill -9 included,
 *  and is not fooled by a new process with the dead holder's number. A directory held by a command (they are short) is
 *  waited for. Throws EmbeddedPostgresFault "data_directory_in_use", naming the holder's pid. */
export async function lockDirectory(
  directory: string,
  purpose: LockHolder["purpose"],
  waitMaxMs = 20_000,
): Promise<() => void> {
  const self = identityOf(process.pid);
  if (self === null)
    throw new EmbeddedPostgresFault("start_failed", "This process can't read its own start time.");
  const content = JSON.stringify({ ...self, purpose });
  const waitUntil = Date.now() + waitMaxMs;
  for (;;) {
    if (tryCreate(directory, content)) return () => releaseIfOurs(directory, content);
    const text = readLock(directory);
    const holder = text === null ? null : parseHolder(text);
    if (text !== null && (holder === null || !isRunning(holder))) takeAway(directory, text);
    else if (holder !== null && (holder.purpose === "service" || Date.now() > waitUntil))
      throw inUse(directory, holder);
    else await delay(50);
  }
}

/** Who holds a data directory now, or null. */
export function lockHolderOf(directory: string): LockHolder | null {
  const text = readLock(directory);
  const holder = text === null ? null : parseHolder(text);
  return holder !== null && isRunning(holder) ? holder : null;
}

function tryCreate(directory: string, content: string): boolean {
  // Written aside and linked into place: nobody ever reads a lock that is only half written.
  const draft = join(directory, `airtime.lock.${process.pid}.${randomBytes(4).toString("hex")}`);
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, lockFile(directory));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function takeAway(directory: string, stale: string): void {
  const aside = join(directory, `airtime.lock.stale.${process.pid}.${randomBytes(4).toString("hex")}`);
  try {
    renameSync(lockFile(directory), aside);
  } catch {
    return; // somebody else took it away first
  }
  // Between reading and renaming, another process may have replaced the stale lock by its own: that one goes back.
  if (readFileSync(aside, "utf8") !== stale) linkSync(aside, lockFile(directory));
  rmSync(aside, { force: true });
}

function releaseIfOurs(directory: string, content: string): void {
  if (readLock(directory) === content) rmSync(lockFile(directory), { force: true });
}

function readLock(directory: string): string | null {
  try {
    return readFileSync(lockFile(directory), "utf8");
  } catch {
    return null;
  }
}

function parseHolder(text: string): LockHolder | null {
  try {
    const parsed: Partial<LockHolder> = JSON.parse(text);
    if (typeof parsed.pid !== "number" || typeof parsed.startedAt !== "string") return null;
    return {
      pid: parsed.pid,
      startedAt: parsed.startedAt,
      purpose: parsed.purpose === "command" ? "command" : "service",
    };
  } catch {
    return null;
  }
}

function inUse(directory: string, holder: LockHolder): EmbeddedPostgresFault {
  return new EmbeddedPostgresFault(
    "data_directory_in_use",
    `The data directory ${directory} is in use by process ${holder.pid}. Stop that process first, or give this one its ` +
      `own directory with AIRTIME_DATA_DIR.`,
  );
}

function lockFile(directory: string): string {
  return join(directory, "airtime.lock");
}
