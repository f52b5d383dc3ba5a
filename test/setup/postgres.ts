import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../src/storage/embedded-postgres/start-embedded-postgres.ts";
import { migrate } from "../../src/storage/migrate.ts";

/** One real PostgreSQL for the whole run, with a migrated template database that every test file clones. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), "airtime-test-"));
  const server = await startEmbeddedPostgres({
    dataDir,
    log: { info: () => {}, warn: (message) => console.warn(message) },
    // Nobody pulls the plug on this machine during a test; tests of crashes start a server of their own.
    settings: { fsync: "off", full_page_writes: "off", max_connections: "200" },
  });
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  await client.query("create database airtime_template");
  await client.end();
  await migrate(server.connectionString.replace(/\/airtime$/, "/airtime_template"));
  project.provide("postgresUrl", server.connectionString);
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}
