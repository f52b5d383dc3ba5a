import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../src/storage/embedded-postgres/start-embedded-postgres.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { runOn, urlOfDatabase } from "./database-server.ts";

/** One real PostgreSQL for the whole run, with a migrated template database that every test file clones: an embedded one,
 *  or the server that the conformance run names. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env.AIRTIME_CONFORMANCE_URL;
  const server =
    named === undefined ? await startOwnServer() : { connectionString: named, stop: async () => {} };
  await makeTemplate(server.connectionString);
  project.provide("postgresUrl", server.connectionString);
  return async () => {
    if (named !== undefined) await runOn(named, "drop database if exists airtime_template with (force)");
    await server.stop();
  };
}

async function startOwnServer() {
  const dataDir = mkdtempSync(join(tmpdir(), "airtime-test-"));
  const server = await startEmbeddedPostgres({
    dataDir,
    log: { info: () => {}, warn: (message) => console.warn(message) },
    // Nobody pulls the plug on this machine during a test; tests of crashes start a server of their own.
    settings: { fsync: "off", full_page_writes: "off", max_connections: "200" },
  });
  return {
    connectionString: server.connectionString,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(connectionString: string): Promise<void> {
  await runOn(connectionString, "drop database if exists airtime_template with (force)");
  await runOn(connectionString, "create database airtime_template");
  await migrate(urlOfDatabase(connectionString, "airtime_template"));
}

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}
