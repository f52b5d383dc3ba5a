import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { isAlive } from "../../src/storage/embedded-postgres/process-identity.ts";
import {
  attachEmbeddedPostgres,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/storage/embedded-postgres/start-embedded-postgres.ts";
import { type ScriptProcess, scriptProcesses } from "../setup/script-process.ts";

const log = { info: () => {}, warn: () => {} };
let holders: Awaited<ReturnType<typeof scriptProcesses>>;
let home: string;
let dataDir: string;
let cleanUp: (() => Promise<void>)[];

beforeAll(async () => {
  holders = await scriptProcesses("test/launch/holder.ts");
});
afterAll(() => holders.remove());

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "airtime-home-")); // 0700, as a home is
  dataDir = join(home, "data");
  cleanUp = [];
});
afterEach(async () => {
  for (const undo of cleanUp.reverse()) await undo();
  rmSync(home, { recursive: true, force: true });
});

describe("a new data directory", () => {
  test("gets a durable UTF-8 server for one unprivileged user, with a password only its owner can read", async () => {
    const server = await start();
    expect(await facts(server.connectionString)).toEqual({
      major: "18",
      fsync: "on",
      synchronous_commit: "on",
      listen_addresses: "127.0.0.1",
      encoding: "UTF8",
      superuser: false,
      owner: true,
    });
    expect(statSync(join(dataDir, "postgres.password")).mode & 0o777).toBe(0o600);
    const stranger = server.connectionString.replace(/:[^:@]+@/, ":wrong@");
    await expect(query(stranger, "select 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("lies inside a folder nobody else may enter, and its server does not run as root", async () => {
    await start();
    const pid = postmasterPid();
    expect(statSync(home).mode & 0o077).toBe(0);
    expect(statSync(join(dataDir, "postgres")).uid).not.toBe(0);
    expect(pid).toBeGreaterThan(1);
  });

  test("left half made by an interrupted creation, is made anew", async () => {
    mkdirSync(join(dataDir, "postgres.new", "base"), { recursive: true });
    const server = await start();
    expect(await query(server.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

describe("starting again", () => {
  test("after stop() finds the same data, and nothing of the first run is left", async () => {
    const first = await start();
    await keepNote(first.connectionString);
    await first.stop();
    expect(existsSync(join(dataDir, "postgres", "postmaster.pid"))).toBe(false);
    expect(existsSync(join(dataDir, "airtime.lock"))).toBe(false);
    await expectNote(await start());
  });

  test("after kill -9 of the service replaces the orphaned server without losing a commit", async () => {
    const { holder, connectionString } = await hold();
    await keepNote(connectionString);
    const orphan = postmasterPid();
    await holder.end("SIGKILL");
    expect(isAlive(orphan)).toBe(true);
    await expectNote(await start());
    expect(isAlive(orphan)).toBe(false);
  });

  test("after kill -9 of the service and PostgreSQL recovers every commit", async () => {
    const { holder, connectionString } = await hold();
    await keepNote(connectionString);
    const orphan = postmasterPid();
    await holder.end("SIGKILL");
    process.kill(orphan, "SIGKILL");
    await expectNote(await start());
  });

  test("is not misled by a postmaster.pid whose number another program has now", async () => {
    const first = await start();
    await keepNote(first.connectionString);
    const pidFile = join(dataDir, "postgres", "postmaster.pid");
    const lines = readFileSync(pidFile, "utf8").split("\n");
    await first.stop();
    writeFileSync(pidFile, [String(process.pid), ...lines.slice(1)].join("\n"));
    await expectNote(await start());
  });

  test("a service that exits without stopping takes its server along", async () => {
    const holder = holders.start(["exit", dataDir]);
    expect(await holder.next()).toMatchObject({ kind: "running" });
    await vi.waitFor(
      () => expect(existsSync(join(dataDir, "postgres", "postmaster.pid"))).toBe(false),
      10_000,
    );
  });
});

test("a server that dies is told of and started again on the same port", async () => {
  const server = await start();
  await keepNote(server.connectionString);
  const exits: unknown[] = [];
  server.onExit((exit) => exits.push(exit));
  process.kill(postmasterPid(), "SIGKILL");
  await vi.waitFor(() => expectNote(server), { timeout: 20_000, interval: 50 });
  expect(exits).toEqual([{ code: null, signal: "SIGKILL" }]);
});

test("a stop in the middle of a restart leaves no server behind", async () => {
  const server = await start();
  const died = new Promise((resolve) => server.onExit(resolve));
  process.kill(postmasterPid(), "SIGKILL");
  await died;
  await server.stop();
  await expect(query(server.connectionString, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  expect(existsSync(join(dataDir, "airtime.lock"))).toBe(false);
});

describe("one data directory", () => {
  test("is refused to a second service, naming the first one's pid, and free again once that one is killed", async () => {
    const { holder } = await hold();
    await expect(start()).rejects.toMatchObject({
      kind: "data_directory_in_use",
      message: expect.stringContaining(`process ${holder.process.pid}`),
    });
    await holder.end("SIGKILL");
    await start();
  });

  test("is taken over from a lock whose pid now belongs to another process", async () => {
    mkdirSync(dataDir, { recursive: true });
    const reused = { pid: process.pid, startedAt: "another boot/1", purpose: "service" };
    writeFileSync(join(dataDir, "airtime.lock"), JSON.stringify(reused));
    await start();
  });

  test("is given to exactly one of several that start at once over a stale lock", async () => {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, "airtime.lock"), JSON.stringify({ pid: 999_999_999, startedAt: "x" }));
    const started = [1, 2, 3].map(() => holders.start(["hold", dataDir]));
    for (const holder of started) cleanUp.push(() => holder.end("SIGTERM"));
    const events = await Promise.all(started.map((holder) => holder.next()));
    expect(events.map((event) => event.kind).sort()).toEqual(["failed", "failed", "running"]);
  });
});

describe("a command", () => {
  test("uses the server that runs, and leaves it running", async () => {
    const { connectionString } = await hold();
    const attached = await attachEmbeddedPostgres({ dataDir, log });
    expect(attached.connectionString).toBe(connectionString);
    await attached.stop();
    expect(await query(connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("starts one for its own duration when none runs", async () => {
    const attached = await attachEmbeddedPostgres({ dataDir, log });
    expect(await query(attached.connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
    await attached.stop();
    await expect(query(attached.connectionString, "select 1")).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  test("is waited for by a service that starts meanwhile", async () => {
    const attached = await attachEmbeddedPostgres({ dataDir, log });
    const starting = start();
    await attached.stop();
    expect(await query((await starting).connectionString, "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

test("a named port that is taken is refused, saying which and what to set", async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => new Promise((resolve) => squatter.close(() => resolve())));
  const address = squatter.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(start(port)).rejects.toMatchObject({
    kind: "port_taken",
    message: expect.stringMatching(new RegExp(`Port ${port} .*AIRTIME_PG_PORT`)),
  });
  // The refusal freed the directory again.
  await start();
});

async function start(port?: number): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log, ...(port === undefined ? {} : { port }) });
  cleanUp.push(() => server.stop());
  return server;
}

async function hold(): Promise<{ holder: ScriptProcess; connectionString: string }> {
  const holder = holders.start(["hold", dataDir]);
  cleanUp.push(() => holder.end("SIGTERM"));
  const event = await holder.next();
  expect(event).toMatchObject({ kind: "running" });
  return { holder, connectionString: event.connectionString ?? "" };
}

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {}); // the server may be shut down under it
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function keepNote(connectionString: string): Promise<void> {
  await query(connectionString, "create table note as select 'kept' as text");
}

async function expectNote(server: EmbeddedPostgres): Promise<void> {
  expect(await query(server.connectionString, "select text from note")).toEqual([{ text: "kept" }]);
}

async function facts(connectionString: string): Promise<unknown> {
  const rows = await query(
    connectionString,
    `select split_part(current_setting('server_version'), '.', 1) as major, current_setting('fsync') as fsync,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('listen_addresses') as listen_addresses, current_setting('server_encoding') as encoding,
       rolsuper as superuser, (select datdba = pg_roles.oid from pg_database where datname = current_database()) as owner
     from pg_roles where rolname = current_user`,
  );
  return rows[0];
}

function postmasterPid(): number {
  return Number(readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
}
