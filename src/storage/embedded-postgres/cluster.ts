import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { EmbeddedPostgresFault } from "./embedded-postgres-fault.ts";
import { canReach, type ServerUser } from "./server-user.ts";

/** Where a data directory keeps its PostgreSQL. */
export function clusterDirectoryOf(dataDirectory: string): string {
  return join(dataDirectory, "postgres");
}

/** Creates the cluster if there is none yet. It is made aside and renamed, so an interrupted creation leaves nothing
 *  that looks like a cluster. @returns the password of its users. */
export async function createCluster(cluster: {
  dataDirectory: string;
  binaries: string;
  user: ServerUser;
}): Promise<string> {
  const directory = clusterDirectoryOf(cluster.dataDirectory);
  const passwordFile = passwordFileOf(cluster.dataDirectory);
  if (existsSync(join(directory, "PG_VERSION"))) {
    refuseOtherVersion(directory);
    return readPassword(cluster.dataDirectory);
  }
  const draft = `${directory}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const password = randomBytes(24).toString("base64url");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (cluster.user) chownSync(draft, cluster.user.uid, cluster.user.gid);
  await initialize({ ...cluster, directory: draft, password });
  renameSync(draft, directory);
  return password;
}

/** The password of a cluster's users; only the data directory's owner can read it. */
export function readPassword(dataDirectory: string): string {
  return readFileSync(passwordFileOf(dataDirectory), "utf8").trim();
}

/** How PostgreSQL is told its directory. As root it runs as a user who may have no way through the folders above (a
 *  0700 home): he is put inside by his working directory, which needs no way. */
export function directoryArgument(user: ServerUser, directory: string): string {
  if (user === null || canReach(user, directory)) return directory;
  if (existsSync("/proc/self/cwd")) return "/proc/self/cwd";
  throw new EmbeddedPostgresFault(
    "data_directory_unusable",
    `PostgreSQL can't run as root, and user ${user.uid} can't reach ${directory}. Set AIRTIME_DATA_DIR to a folder ` +
      `outside of root's home, or run as another user.`,
  );
}

async function initialize(settings: {
  dataDirectory: string;
  binaries: string;
  user: ServerUser;
  directory: string;
  password: string;
}): Promise<void> {
  // Handed over as an open file, for the same reason: by name he might not get to it.
  const passwordDraft = join(settings.dataDirectory, "postgres.password.new");
  writeFileSync(passwordDraft, `${settings.password}\n`, { mode: 0o600 });
  if (settings.user) chownSync(passwordDraft, settings.user.uid, settings.user.gid);
  const passwordInput = openSync(passwordDraft, "r");
  try {
    const child = spawn(
      join(settings.binaries, "bin", "initdb"),
      [
        ...["-D", directoryArgument(settings.user, settings.directory)],
        ...["--username=postgres", "--pwfile=/dev/stdin", "--auth=scram-sha-256"],
        // Code point order and Unicode case rules, the same on every machine, whatever locales it has.
        ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
      ],
      {
        cwd: settings.directory,
        stdio: [passwordInput, "pipe", "pipe"],
        env: environmentOf(),
        ...(settings.user ?? {}),
      },
    );
    const said: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
    const [code, signal] = await once(child, "close");
    if (code !== 0) {
      const text = Buffer.concat(said).toString("utf8").trim();
      throw new EmbeddedPostgresFault("start_failed", `initdb failed (${signal ?? code}): ${text}`);
    }
  } finally {
    closeSync(passwordInput);
    rmSync(passwordDraft, { force: true });
  }
  chmodSync(settings.directory, 0o700);
}

/** The child's environment: nothing of ours that would change how PostgreSQL behaves, such as PGDATA or PGPORT. */
export function environmentOf(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" };
}

function refuseOtherVersion(directory: string): void {
  const version = readFileSync(join(directory, "PG_VERSION"), "utf8").trim();
  if (version === POSTGRES_VERSION) return;
  throw new EmbeddedPostgresFault(
    "data_directory_unusable",
    `${directory} was made by PostgreSQL ${version}; this installation runs ${POSTGRES_VERSION}. Dump it with the older ` +
      `version, or set AIRTIME_DATA_DIR to a new directory.`,
  );
}

const POSTGRES_VERSION = "18";

function passwordFileOf(dataDirectory: string): string {
  return join(dataDirectory, "postgres.password");
}
