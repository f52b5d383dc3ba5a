import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { EmbeddedPostgresFault } from "./embedded-postgres-fault.ts";
import { canReach, type ServerUser } from "./server-user.ts";

/** The folder that holds `bin/initdb` and `bin/postgres`, complete and runnable by the given user: the installed
 *  package's own, or a copy where the package lies out of that user's reach (a clone under a 0700 home) or is read-only
 *  and unfinished. Safe to call from several processes at once. Throws EmbeddedPostgresFault "unsupported_platform". */
export function preparedBinaries(user: ServerUser, native = packagedBinaries()): string {
  const complete = linkLibraries(native);
  return complete && canReach(user, join(native, "bin", "postgres")) ? native : copiedBinaries(native, user);
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch (cause) {
    throw new EmbeddedPostgresFault(
      "unsupported_platform",
      `No embedded PostgreSQL is installed for ${process.platform}-${process.arch} (package ${name}). Install with ` +
        `optional dependencies, or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause },
    );
  }
}

/** Makes the symbolic links that npm can't pack and the package's install script would make, which is off here. */
function linkLibraries(native: string): boolean {
  const list = join(native, "pg-symlinks.json");
  const links: { source: string; target: string }[] = existsSync(list)
    ? JSON.parse(readFileSync(list, "utf8"))
    : [];
  return links
    .map(({ source, target }) => linkOne(join(native, "..", source), join(native, "..", target)))
    .every(Boolean);
}

function linkOne(source: string, target: string): boolean {
  const wanted = relative(dirname(target), source);
  try {
    symlinkSync(wanted, target);
    return true;
  } catch {
    // Most often it is there already, perhaps because another process was faster.
    return (
      existsSync(target) &&
      (!lstatSync(target).isSymbolicLink() || basename(readlinkSync(target)) === basename(source))
    );
  }
}

function copiedBinaries(native: string, user: ServerUser): string {
  const manifest = readFileSync(join(native, "..", "package.json"), "utf8");
  const version: string = JSON.parse(manifest).version;
  const inventory = inventoryOf(native);
  const id = createHash("sha256").update(inventory).digest("hex").slice(0, 12);
  const place = placesForCopies(user)[0];
  if (place === undefined) {
    throw new EmbeddedPostgresFault(
      "start_failed",
      `PostgreSQL can't run as root, and no temporary folder is open to user ${user?.uid}. Set TMPDIR to one, or ` +
        `DATABASE_URL to a PostgreSQL server of your own.`,
    );
  }
  const copy = join(place, `airtime-postgres-${version}-${process.getuid?.() ?? 0}-${id}`);
  if (!isSoundCopy(copy, inventory)) makeCopy(native, copy, inventory);
  return copy;
}

/** Writes the copy aside and renames it into place, so that nobody ever starts half of one. */
function makeCopy(native: string, copy: string, inventory: string): void {
  const draft = mkdtempSync(`${copy}-`);
  chmodSync(draft, 0o755);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true, preserveTimestamps: false });
  // The links are made by paths from the package's folder, "native/lib/…".
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(draft, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) linkOne(inside(draft, source), inside(draft, target));
  try {
    renameSync(draft, copy);
  } catch {
    if (isSoundCopy(copy, inventory)) {
      rmSync(draft, { recursive: true, force: true });
      return;
    }
    // A copy that a temporary-file cleaner has thinned out. Whoever runs from it keeps its open files.
    const aside = mkdtempSync(`${copy}-old-`);
    renameSync(copy, join(aside, "copy"));
    renameSync(draft, copy);
    rmSync(aside, { recursive: true, force: true });
  }
}

function inside(native: string, path: string): string {
  return join(native, relative("native", path));
}

/** A copy counts only if we made it ourselves: in a shared temporary folder anyone may prepare a folder of that name. */
function isSoundCopy(copy: string, inventory: string): boolean {
  try {
    const stat = lstatSync(copy);
    const oursAlone = stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
    return oursAlone && inventoryOf(copy) === inventory;
  } catch {
    return false;
  }
}

/** Every regular file with its size; the links are left out, since they may be missing from the package. */
function inventoryOf(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${relative(directory, file)} ${statSync(file).size}`)
    .sort()
    .join("\n");
}

function placesForCopies(user: ServerUser): string[] {
  return [tmpdir(), "/tmp", "/var/tmp"].filter((place) => {
    try {
      accessSync(place, constants.W_OK);
      return canReach(user, place);
    } catch {
      return false;
    }
  });
}
