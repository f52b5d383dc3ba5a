import { chmodSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { preparedBinaries } from "./binaries.ts";
import { clusterDirectoryOf, createCluster, readPassword } from "./cluster.ts";
import { type LockHolder, lockDirectory, lockHolderOf } from "./directory-lock.ts";
import { EmbeddedPostgresFault } from "./embedded-postgres-fault.ts";
import { clearCluster, runningServerOf } from "./postmaster-file.ts";
import { freePort, type ServerExit, type ServerProcess, startServerProcess } from "./server-process.ts";
import { chooseServerUser } from "./server-user.ts";

export type EmbeddedPostgres = {
  /** Of the database `airtime`, for its owner, who is no superuser: row-level security holds for him too. */
  readonly connectionString: string;
  /** Fast shutdown; resolves when the server is gone and the data directory is free. */
  stop(): Promise<void>;
  /** Called each time the server dies by itself; it is then started again, on the same port. */
  onExit(listener: (exit: ServerExit) => void): void;
};

export type EmbeddedPostgresSettings = {
  /** Kept beside other data of the service; created if missing. Only one process at a time may use it. */
  dataDir: string;
  /** Fixed, and refused when taken; without it a free one is chosen. */
  port?: number;
  log: { info(message: string): void; warn(message: string): void };
  /** Server settings over the safe defaults, for tests and measurements. */
  settings?: Readonly<Record<string, string>>;
  purpose?: LockHolder["purpose"];
};

/** Starts the PostgreSQL of a data directory, creating it first if need be, and keeps it running until stop(). Whatever
 *  a kill -9 of the service, of PostgreSQL or of both left behind is cleared away. Throws EmbeddedPostgresFault. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresSettings): Promise<EmbeddedPostgres> {
  const dataDirectory = ownDirectory(options.dataDir);
  const unlock = await lockDirectory(dataDirectory, options.purpose ?? "service");
  try {
    const cluster = clusterDirectoryOf(dataDirectory);
    const user = chooseServerUser(cluster);
    const binaries = preparedBinaries(user);
    const password = await createCluster({ dataDirectory, binaries, user });
    await clearCluster(cluster, options.log);
    const launch = (port: number) =>
      startServerProcess({ dataDirectory, binaries, user, port, settings: options.settings ?? {} });
    const { server, port } = await firstStart(launch, options.port);
    await createOwnDatabase(port, password).catch(async (error: unknown) => {
      server.child.kill("SIGINT");
      await server.exited;
      throw error;
    });
    return supervise({
      server,
      relaunch: () => launch(port),
      port,
      password,
      cluster,
      unlock,
      log: options.log,
    });
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The PostgreSQL of a data directory for the length of one command: the one that is running there, whoever runs it,
 *  or one that starts now and ends with stop(). Stopping leaves somebody else's server alone. */
export async function attachEmbeddedPostgres(options: EmbeddedPostgresSettings): Promise<EmbeddedPostgres> {
  const running = await reachableServer(options.dataDir);
  if (running === null) return startEmbeddedPostgres({ ...options, purpose: "command" });
  return { connectionString: running, stop: async () => {}, onExit: () => {} };
}

async function firstStart(
  launch: (port: number) => Promise<ServerProcess>,
  namedPort: number | undefined,
): Promise<{ server: ServerProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = namedPort ?? (await freePort());
    try {
      return { server: await launch(port), port };
    } catch (error) {
      // Between finding a free port and using it, another process may have taken it.
      const mayRetry = namedPort === undefined && attempt < 5;
      if (!(error instanceof EmbeddedPostgresFault && error.kind === "port_taken" && mayRetry)) throw error;
    }
  }
}

function supervise(state: {
  server: ServerProcess;
  relaunch: () => Promise<ServerProcess>;
  port: number;
  password: string;
  cluster: string;
  unlock: () => void;
  log: EmbeddedPostgresSettings["log"];
}): EmbeddedPostgres {
  const listeners: ((exit: ServerExit) => void)[] = [];
  const stopping = new AbortController();
  let server = state.server;
  const shutDown = () => server.child.kill("SIGINT");
  // A service that exits without stop() must not leave its server behind.
  process.once("exit", shutDown);

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      const exit = await server.exited;
      if (stopping.signal.aborted) return;
      state.log.warn(`PostgreSQL ended by itself (${exit.signal ?? exit.code}); starting it again.`);
      for (const listener of listeners) listener(exit);
      server = (await restart(state, stopping.signal)) ?? server;
    }
  }
  const kept = keepRunning();

  async function stop(): Promise<void> {
    stopping.abort();
    shutDown();
    await kept;
    // A restart that was under way when we were told to stop has just brought up a new one.
    shutDown();
    await server.exited;
    process.removeListener("exit", shutDown);
    state.unlock();
  }
  let stopped: Promise<void> | undefined;
  return {
    connectionString: connectionStringOf(state.port, state.password),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    onExit: (listener) => void listeners.push(listener),
  };
}

const RESTART_DELAY_MAX_MS = 5_000;

async function restart(
  state: {
    relaunch: () => Promise<ServerProcess>;
    cluster: string;
    log: EmbeddedPostgresSettings["log"];
  },
  stopping: AbortSignal,
): Promise<ServerProcess | null> {
  for (let delayMs = 50; !stopping.aborted; delayMs = Math.min(delayMs * 2, RESTART_DELAY_MAX_MS)) {
    try {
      await clearCluster(state.cluster, state.log);
      const server = await state.relaunch();
      state.log.info("PostgreSQL is running again.");
      return server;
    } catch (error) {
      state.log.warn(
        `PostgreSQL could not be started again: ${error instanceof Error ? error.message : error}`,
      );
      await delay(delayMs, undefined, { signal: stopping }).catch(() => {}); // woken early by stop()
    }
  }
  return null;
}

async function createOwnDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({
    connectionString: connectionStringOf(port, password, "postgres", "postgres"),
  });
  await client.connect();
  try {
    const found = await client.query("select from pg_database where datname = 'airtime'");
    if (found.rowCount) return;
    // A start that was killed between the two statements left the role.
    const role = await client.query("select from pg_roles where rolname = 'airtime'");
    if (!role.rowCount) {
      await client.query(`create role airtime login createdb createrole password '${password}'`);
      await client.query("grant pg_monitor, pg_checkpoint, pg_signal_backend to airtime");
    }
    await client.query("create database airtime owner airtime");
  } finally {
    await client.end();
  }
}

function connectionStringOf(port: number, password: string, user = "airtime", database = "airtime"): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
}

function ownDirectory(dataDir: string): string {
  try {
    if (!existsSync(dataDir)) {
      mkdirSync(dataDir, { recursive: true });
      chmodSync(dataDir, 0o700); // it holds passwords and, unencrypted, the ledger
    }
    return realpathSync(dataDir);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new EmbeddedPostgresFault(
      "data_directory_unusable",
      `The data directory ${dataDir} can't be used: ${detail}. Set AIRTIME_DATA_DIR to a folder this user may write.`,
      { cause },
    );
  }
}

/** Connection string of the server that runs on a data directory, waiting for one that is just starting; else null. */
async function reachableServer(dataDir: string): Promise<string | null> {
  const until = Date.now() + 30_000;
  while (existsSync(clusterDirectoryOf(dataDir))) {
    const dataDirectory = realpathSync(dataDir);
    const server = runningServerOf(clusterDirectoryOf(dataDirectory));
    if (server?.ready) {
      const connectionString = connectionStringOf(server.port, readPassword(dataDirectory));
      if (await answers(connectionString)) return connectionString;
    }
    // Nobody holds the directory: whatever runs there is about to end, or nothing does.
    if (lockHolderOf(dataDirectory)?.purpose !== "service" || Date.now() > until) return null;
    await delay(50);
  }
  return null;
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {}); // told by the statement below
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {}); // it may never have connected
  }
}
