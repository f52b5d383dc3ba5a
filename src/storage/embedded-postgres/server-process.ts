import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { clusterDirectoryOf, directoryArgument, environmentOf } from "./cluster.ts";
import { EmbeddedPostgresFault } from "./embedded-postgres-fault.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import type { ServerUser } from "./server-user.ts";

export type ServerExit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };
export type ServerProcess = { readonly child: ChildProcess; readonly exited: Promise<ServerExit> };

/** Starts the server on one port and resolves when it accepts connections. Throws EmbeddedPostgresFault "port_taken" or
 *  "start_failed", with the last lines of its log. */
export async function startServerProcess(server: {
  dataDirectory: string;
  binaries: string;
  user: ServerUser;
  port: number;
  settings: Readonly<Record<string, string>>;
}): Promise<ServerProcess> {
  if (!(await isPortFree(server.port))) throw portTaken(server.port);
  const cluster = clusterDirectoryOf(server.dataDirectory);
  const log = openLog(server.dataDirectory);
  const child = spawn(
    join(server.binaries, "bin", "postgres"),
    ["-D", directoryArgument(server.user, cluster), ...argumentsOf(server.port, server.settings)],
    {
      cwd: cluster,
      // A session of its own: Ctrl-C goes to the service, which stops PostgreSQL when it is done with it.
      detached: true,
      // Into a file and not a pipe: a server that outlives us must be able to go on writing.
      stdio: ["ignore", log.descriptor, log.descriptor],
      env: environmentOf(),
      ...(server.user ?? {}),
    },
  );
  closeSync(log.descriptor);
  const exited = exitOf(child);
  const outcome = await Promise.race([exited, readiness(cluster, child)]);
  if (outcome === "ready") return { child, exited };
  if (outcome === "late") {
    child.kill("SIGQUIT");
    await exited;
  }
  const said = readFileSync(log.file, "utf8").slice(log.offset).trim();
  if (/could not bind|could not create any TCP/.test(said)) throw portTaken(server.port);
  throw new EmbeddedPostgresFault(
    "start_failed",
    `PostgreSQL did not start. Its log, ${log.file}, says: ${said}`,
  );
}

/** A port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  return listenOnce(0);
}

async function isPortFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1" }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}

function portTaken(port: number): EmbeddedPostgresFault {
  return new EmbeddedPostgresFault(
    "port_taken",
    `Port ${port} on 127.0.0.1 is taken. Set AIRTIME_PG_PORT to a free port, or unset it to have one chosen.`,
  );
}

/** Settings on the command line win over every file: durability can't be edited away, and nobody outside gets in. */
function argumentsOf(port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    max_connections: "100",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "warning",
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function exitOf(child: ChildProcess): Promise<ServerExit> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", (cause) =>
      reject(
        new EmbeddedPostgresFault("start_failed", `PostgreSQL can't be executed: ${cause.message}`, {
          cause,
        }),
      ),
    );
  });
}

async function readiness(cluster: string, child: ChildProcess): Promise<"ready" | "late"> {
  // Recovery after a crash under load can take a while; two minutes is far beyond what a small cluster needs.
  const until = Date.now() + 120_000;
  while (child.exitCode === null && child.signalCode === null && Date.now() < until) {
    const file = readPostmasterFile(cluster);
    if (file?.pid === child.pid && file?.ready) return "ready";
    await delay(10);
  }
  return "late";
}

const LOG_BYTES_MAX = 16 * 1024 * 1024;

function openLog(dataDirectory: string): { file: string; descriptor: number; offset: number } {
  const file = join(dataDirectory, "postgres.log");
  const sizeBytes = existsSync(file) ? statSync(file).size : 0;
  const startAgain = sizeBytes > LOG_BYTES_MAX;
  const descriptor = openSync(file, startAgain ? "w" : "a", 0o600);
  return { file, descriptor, offset: startAgain ? 0 : sizeBytes };
}
