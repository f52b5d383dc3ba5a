import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { verifyLedger } from "../../src/application/verify-ledger.ts";
import { give } from "../../src/domain/charging/world.fixture.ts";
import { insertAccount } from "../../src/storage/accounts.ts";
import { createPool } from "../../src/storage/database.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/storage/embedded-postgres/start-embedded-postgres.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { openOrganizationDatabases } from "../../src/storage/organization-database.ts";
import { createPostingEngine, type PostingEngine } from "../../src/storage/posting/engine.ts";
import { addFirstPrices, openPriceBook } from "../../src/storage/price-book.ts";
import { verifyRange } from "../../src/storage/verify/verify-range.ts";
import { acceptWith, amount } from "../setup/ledger.ts";
import { type Entry, expectKept, expectOneAnswer, send } from "./journal.ts";

/** A server of its own, with full durability: this test pulls the plug. */
let dataDir: string;
let server: EmbeddedPostgres;
let pool: pg.Pool;
let engine: PostingEngine;
const exits: number[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "airtime-killed-"));
  server = await startEmbeddedPostgres({ dataDir, log: { info: () => {}, warn: () => {} } });
  server.onExit(() => exits.push(exits.length));
  await migrate(server.connectionString);
  pool = createPool({ connectionString: server.connectionString });
  await addFirstPrices(pool);
  engine = createPostingEngine({
    connectionString: server.connectionString,
    timing: { validityMs: 60_000, settleWindowMs: 600_000 },
    prices: await openPriceBook(pool),
    // Shorter than a restart takes, so that clients are left not knowing.
    retryForMs: 50,
  });
});
afterAll(async () => {
  await engine.stop();
  await pool.end();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

function killPostgres(): void {
  const [pid] = readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n");
  process.kill(Number(pid), "SIGKILL");
}

test("kill -9 of PostgreSQL under load loses nothing acknowledged and doubles nothing", async () => {
  const organizations = ["org_a", "org_b", "org_poor"];
  const databases = openOrganizationDatabases(pool);
  for (const id of organizations) {
    await insertAccount(databases.of(id), { graceLimit: amount("0"), lowBalanceThreshold: amount("5") });
    await acceptWith(engine, id, give(amount(id === "org_poor" ? "2" : "100000")));
  }
  const journal: Entry[] = [];
  let sending = true;
  const client = async (name: number) => {
    for (let count = 0; sending; count += 1) {
      const organizationId = organizations[(name + count) % organizations.length] ?? "";
      journal.push(await send(engine, organizationId, `e${name}-${count}`));
    }
  };
  const clients = Array.from({ length: 60 }, (_, name) => client(name));
  const acknowledged = () => journal.filter(({ fate }) => fate === "acknowledged").length;
  const answersAgain = () => {
    const before = acknowledged();
    return vi.waitUntil(() => acknowledged() > before + 300, { timeout: 20_000, interval: 5 });
  };
  for (let kill = 1; kill <= 3; kill += 1) {
    await answersAgain();
    killPostgres();
    await vi.waitUntil(() => exits.length === kill, { timeout: 10_000, interval: 5 });
  }
  await answersAgain();
  sending = false;
  await Promise.all(clients);
  expect(new Set(journal.map(({ fate }) => fate))).toEqual(new Set(["acknowledged", "refused", "unknown"]));
  await expectKept(pool, journal);
  await expectOneAnswer(engine, pool, journal);
  const verified = await verifyLedger({
    verifyRange: (wanted, watcher) => verifyRange(pool, wanted, watcher),
  });
  expect(verified).toMatchObject({ kind: "verified", organizations: 3, problems: [] });
});
