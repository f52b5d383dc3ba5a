import type pg from "pg";
import { type Verification, verifyLedger } from "../../src/application/verify-ledger.ts";
import type { Accepted, Command, Decision } from "../../src/domain/charging/command.ts";
import { credits, parseCredits } from "../../src/domain/money/credits.ts";
import { insertAccount } from "../../src/storage/accounts.ts";
import { createPool } from "../../src/storage/database.ts";
import { openOrganizationDatabases } from "../../src/storage/organization-database.ts";
import {
  createPostingEngine,
  type EngineSettings,
  type PostingEngine,
} from "../../src/storage/posting/engine.ts";
import { addFirstPrices, openPriceBook } from "../../src/storage/price-book.ts";
import { verifyRange } from "../../src/storage/verify/verify-range.ts";
import { createTestDatabase } from "./database.ts";

/** The conformance run (docs/citus.md) goes through the same tests with transactions of one organization. */
export const transactionWidth =
  process.env.AIRTIME_ONE_ORGANIZATION_PER_TRANSACTION === "1" ? { organizationsPerTransaction: 1 } : {};

/** A posting engine on a database of its own, without the service around it. Its clock can be set forward. */
export async function openTestLedger(
  options: Partial<
    Pick<EngineSettings, "lanes" | "organizationsPerTransaction" | "queueMax" | "batchMax">
  > = {},
) {
  const database = await createTestDatabase();
  const pool = createPool({ connectionString: database.connectionString });
  await addFirstPrices(pool);
  const databases = openOrganizationDatabases(pool);
  const clock = { aheadMs: 0 };
  const newEngine = async (connectionString = database.connectionString): Promise<PostingEngine> =>
    createPostingEngine({
      connectionString,
      timing: { validityMs: 60_000, settleWindowMs: 600_000 },
      prices: await openPriceBook(pool),
      clock: (databaseNow) => databaseNow + clock.aheadMs,
      ...transactionWidth,
      ...options,
    });
  const engine = await newEngine();
  return {
    pool,
    databases,
    engine,
    clock,
    connectionString: database.connectionString,
    /** Another engine on the same database, as another process would have. */
    newEngine,
    decide: (organizationId: string, command: Command) => decideWith(engine, organizationId, command),
    accept: (organizationId: string, command: Command) => acceptWith(engine, organizationId, command),
    openAccount: (organizationId: string, grace: string) =>
      insertAccount(databases.of(organizationId), {
        graceLimit: amount(grace),
        lowBalanceThreshold: amount("5"),
      }),
    verify: (organizationId?: string) => verifyWith(pool, organizationId),
    async close() {
      await engine.stop();
      await pool.end();
      await database.drop();
    },
  };
}

export type TestLedger = Awaited<ReturnType<typeof openTestLedger>>;

/** Has the ledger of a database prove itself. @param organizationId only of this one. */
export function verifyWith(pool: pg.Pool, organizationId?: string): Promise<Verification> {
  return verifyLedger(
    { verifyRange: (wanted, watcher) => verifyRange(pool, wanted, watcher) },
    organizationId === undefined ? {} : { organizationId },
  );
}

export const amount = (text: string) => parseCredits(text) ?? credits(0n);

export async function decideWith(
  engine: PostingEngine,
  organizationId: string,
  command: Command,
): Promise<Decision> {
  const outcome = await engine.submit({ organizationId, command });
  if (outcome.kind !== "decided") throw new Error(`${command.kind} was ${outcome.kind}`);
  return outcome.decision;
}

export async function acceptWith(
  engine: PostingEngine,
  organizationId: string,
  command: Command,
): Promise<Accepted> {
  const decision = await decideWith(engine, organizationId, command);
  if (decision.kind !== "accepted") throw new Error(`${command.kind}: ${decision.refusal.kind}`);
  return decision;
}
