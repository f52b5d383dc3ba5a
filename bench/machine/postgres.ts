import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../../src/storage/embedded-postgres/start-embedded-postgres.ts";
import { migrate } from "../../src/storage/migrate.ts";

/** The PostgreSQL that everything of one run is measured on, ours and the baselines. */
export type BenchServer = {
  readonly kind: "embedded" | "given";
  /** A database of its own, empty or with the application's schema. @returns its connection string. */
  createDatabase(purpose: string, schema: "empty" | "airtime"): Promise<string>;
  /** Frees its space before the run is over. */
  dropDatabase(connectionString: string): Promise<void>;
  /** Writes out what earlier runs left dirty, so that no run pays for the one before. */
  checkpoint(): Promise<void>;
  /** Server settings that decide what a commit is worth. */
  settings(): Promise<ReadonlyMap<string, string>>;
  stop(): Promise<void>;
};

// Full durability, as production has it. Only the WAL may grow further than the default, so that checkpoints do not fall
// into one run and spare its neighbour.
const EMBEDDED_SETTINGS = { max_wal_size: "4GB", shared_buffers: "512MB", checkpoint_timeout: "30min" };

const SETTINGS_SHOWN = [
  "server_version",
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "wal_level",
  "shared_buffers",
  "max_wal_size",
];

/** @param databaseUrl another server than an embedded one that lives as long as the run. */
export async function openBenchServer(databaseUrl: string | undefined): Promise<BenchServer> {
  if (databaseUrl !== undefined) return benchServer("given", databaseUrl, async () => {});
  const dataDir = mkdtempSync(join(tmpdir(), "airtime-bench-"));
  const remove = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 20 });
  const server = await startEmbeddedPostgres({
    dataDir,
    log: { info: () => {}, warn: (message) => console.error(message) },
    settings: EMBEDDED_SETTINGS,
  });
  // An interrupted run leaves no gigabytes behind. The server has been told to end by then, in a hook of its own.
  process.once("exit", remove);
  return benchServer("embedded", server.connectionString, async () => {
    await server.stop();
    remove();
  });
}

function benchServer(kind: BenchServer["kind"], adminUrl: string, stop: () => Promise<void>): BenchServer {
  const run = randomBytes(4).toString("hex");
  const created = new Set<string>();
  let template: Promise<string> | null = null;
  const create = async (purpose: string, from: string): Promise<string> => {
    const url = new URL(adminUrl);
    const name = `airtime_bench_${run}_${purpose}`;
    url.pathname = `/${name}`;
    await runOn(adminUrl, `create database ${name} template ${from}`);
    created.add(url.href);
    return url.href;
  };
  const createTemplate = async () => {
    const connectionString = await create("template", "template1");
    await migrate(connectionString);
    return nameOf(connectionString);
  };
  const drop = async (connectionString: string) => {
    if (!created.delete(connectionString)) return;
    await runOn(adminUrl, `drop database if exists ${nameOf(connectionString)} with (force)`);
  };
  return {
    kind,
    async createDatabase(purpose, schema) {
      if (schema === "empty") return create(purpose, "template1");
      template ??= createTemplate();
      return create(purpose, await template);
    },
    dropDatabase: drop,
    async checkpoint() {
      // On somebody else's server this may be forbidden; the run is then a little less even.
      await runOn(adminUrl, "checkpoint").catch((error: unknown) => {
        if (!(error instanceof pg.DatabaseError && error.code === INSUFFICIENT_PRIVILEGE)) throw error;
      });
    },
    async settings() {
      const rows = await runOn(
        adminUrl,
        `select name, current_setting(name) as value from pg_settings where name in ('${SETTINGS_SHOWN.join("', '")}')`,
      );
      return new Map(rows.map((row) => [String(row.name), String(row.value)]));
    },
    async stop() {
      for (const connectionString of [...created]) await drop(connectionString);
      await stop();
    },
  };
}

const INSUFFICIENT_PRIVILEGE = "42501";

function nameOf(connectionString: string): string {
  return new URL(connectionString).pathname.slice(1);
}

async function runOn(connectionString: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString, application_name: "airtime bench" });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
