import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Whom PostgreSQL runs as when this process is root, which PostgreSQL refuses; null: as this process's own user. */
export type ServerUser = { readonly uid: number; readonly gid: number } | null;

/** Chooses that user: the owner of an existing cluster, else `postgres` or `nobody` as /etc/passwd has them, else 65534. */
export function chooseServerUser(clusterDirectory: string): ServerUser {
  if (process.getuid?.() !== 0) return null;
  return (
    ownerOf(clusterDirectory) ?? namedUser("postgres") ?? namedUser("nobody") ?? { uid: 65534, gid: 65534 }
  );
}

/** Whether the user can reach a folder or file by its absolute path: every folder above it lets him through. */
export function canReach(user: ServerUser, path: string): boolean {
  if (user === null) return true; // what we can reach ourselves, so can our own child
  for (let folder = path; ; folder = dirname(folder)) {
    const stat = statSync(folder);
    const needed = stat.isDirectory() ? 0o1 : 0o4;
    const shift = stat.uid === user.uid ? 6 : stat.gid === user.gid ? 3 : 0;
    if (((stat.mode >> shift) & needed) === 0) return false;
    if (dirname(folder) === folder) return true;
  }
}

function ownerOf(directory: string): ServerUser {
  try {
    const { uid, gid } = statSync(directory);
    return uid === 0 ? null : { uid, gid };
  } catch {
    return null;
  }
}

function namedUser(name: string): ServerUser {
  try {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(":") ?? [];
    // A "postgres" that was mapped to root would be refused as root is.
    return Number(uid) > 0 && Number(gid) > 0 ? { uid: Number(uid), gid: Number(gid) } : null;
  } catch {
    return null;
  }
}
