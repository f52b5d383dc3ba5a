import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { vi } from "vitest";
import type { Verification } from "../../src/application/verify-ledger.ts";
import { createPool } from "../../src/storage/database.ts";
import { startEmbeddedPostgres } from "../../src/storage/embedded-postgres/start-embedded-postgres.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { addFirstPrices } from "../../src/storage/price-book.ts";
import { verifyWith } from "./ledger.ts";

/** A migrated PostgreSQL of a test's own, with full durability, for tests that pull the plug.
 *  @param settings server settings over the safe defaults. */
export async function startOwnServer(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "airtime-own-"));
  const server = await startEmbeddedPostgres({ dataDir, log: { info: () => {}, warn: () => {} }, settings });
  let exits = 0;
  server.onExit(() => {
    exits += 1;
  });
  await migrate(server.connectionString);
  const pool = createPool({ connectionString: server.connectionString, applicationName: "test" });
  await addFirstPrices(pool);
  return {
    connectionString: server.connectionString,
    pool,
    async end(signal) {
      const before = exits;
      const [pid] = readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n");
      process.kill(Number(pid), signal);
      await vi.waitUntil(() => exits > before, { timeout: 20_000, interval: 5 });
    },
    verify: () => verifyWith(pool),
    async stop() {
      await pool.end();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type OwnServer = {
  readonly connectionString: string;
  readonly pool: pg.Pool;
  /** Ends it by SIGKILL, SIGINT (its fast shutdown) or SIGQUIT (its immediate one). Resolves when it is gone; it is
   *  then started again on the same port. */
  end(signal: "SIGKILL" | "SIGINT" | "SIGQUIT"): Promise<void>;
  verify(): Promise<Verification>;
  stop(): Promise<void>;
};
