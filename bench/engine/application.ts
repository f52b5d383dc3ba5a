import type pg from "pg";
import { verifyLedger } from "../../src/application/verify-ledger.ts";
import { describeConfigErrors, readConfig } from "../../src/config.ts";
import type { Accepted, Command } from "../../src/domain/charging/command.ts";
import { newAccount } from "../../src/domain/ledger/account.ts";
import type { Credits } from "../../src/domain/money/credits.ts";
import { credits } from "../../src/domain/money/credits.ts";
import { createPool } from "../../src/storage/database.ts";
import { insertAccounts } from "../../src/storage/posting/account-rows.ts";
import { verifyRange } from "../../src/storage/verify/verify-range.ts";
import { wireMoney } from "../../src/wiring/money.ts";

/** The application without HTTP, wired as the service wires it, on a database of its own with funded organizations. */
export type BenchApplication = {
  readonly connectionString: string;
  readonly pool: pg.Pool;
  readonly organizationIds: readonly string[];
  /** Carries a command out durably; throws when it is refused. */
  post(organizationId: string, command: Command): Promise<Accepted>;
  close(): Promise<void>;
};

export const SECRET_KEY = "a secret of the bench, which seals nothing of anybody";

/** Enough for every run: refusals are no work. */
const FUNDS = credits(1_000_000_0000n);
/** Fewer than the engine's queue holds. */
const FUNDED_AT_ONCE = 5_000;
const POLICY = { graceLimit: credits(50_000n), lowBalanceThreshold: credits(50_000n) };

/** @param connectionString a migrated database. */
export async function openApplication(
  connectionString: string,
  organizations: number,
): Promise<BenchApplication> {
  const outcome = readConfig({
    DATABASE_URL: connectionString,
    AIRTIME_SECRET_KEY: SECRET_KEY,
    AIRTIME_WELCOME_CREDIT: "0",
  });
  if (outcome.kind === "refused") throw new Error(describeConfigErrors(outcome.errors));
  const pool = createPool({ connectionString, applicationName: "airtime bench" });
  const { engine } = await wireMoney({
    pool,
    connectionString,
    config: outcome.config,
    secretKey: SECRET_KEY,
  });
  const post = async (organizationId: string, command: Command): Promise<Accepted> => {
    const answer = await engine.submit({ organizationId, command });
    if (answer.kind !== "decided") throw new Error(`${command.kind} was ${answer.kind}`);
    if (answer.decision.kind === "refused") throw new Error(`refused: ${answer.decision.refusal.kind}`);
    return answer.decision;
  };
  const organizationIds = Array.from({ length: organizations }, (_, number) => organizationId(number));
  await openAccounts(pool, organizationIds);
  for (let from = 0; from < organizations; from += FUNDED_AT_ONCE) {
    const some = organizationIds.slice(from, from + FUNDED_AT_ONCE);
    await Promise.all(some.map((id) => post(id, fund(FUNDS))));
  }
  return {
    connectionString,
    pool,
    organizationIds,
    post,
    async close() {
      await engine.stop();
      await pool.end();
    },
  };
}

/** Throws unless the books are right and hold exactly what was acknowledged: nothing lost, nothing twice.
 *  @param expected what was answered, of charges and of settled sessions; the funding is known.
 *  @returns how long the verification took, and what it read. */
export async function auditBooks(
  connectionString: string,
  expected: { readonly organizations: number; readonly postings: number },
): Promise<{ readonly transactions: number; readonly seconds: number }> {
  const pool = createPool({ connectionString, connectionsMax: 4, applicationName: "airtime bench audit" });
  try {
    const startedAt = performance.now();
    const result = await verifyLedger({
      verifyRange: (wanted, watcher) => verifyRange(pool, wanted, watcher),
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    if (result.kind !== "verified") throw new Error(result.kind);
    if (result.problemCount > 0)
      throw new Error(`the books are wrong: ${JSON.stringify(result.problems[0])}`);
    const acknowledged = expected.organizations + expected.postings;
    if (result.transactions !== acknowledged) {
      throw new Error(
        `${acknowledged} transactions were acknowledged, the ledger has ${result.transactions}`,
      );
    }
    return { transactions: result.transactions, seconds };
  } finally {
    await pool.end();
  }
}

/** Ids as the service makes them: as long, and sorting by number. */
function organizationId(number: number): string {
  return `org_${String(number).padStart(26, "0")}`;
}

async function openAccounts(pool: pg.Pool, organizationIds: readonly string[]): Promise<void> {
  const accounts = organizationIds.map((id) => newAccount(id, POLICY, Date.now()));
  await pool.query(insertAccounts.text, insertAccounts.values(accounts));
}

function fund(amount: Credits): Command {
  return {
    kind: "add_credit",
    creditId: "funds",
    creditKind: "manual_grant",
    amount,
    description: null,
    reason: "bench",
    fingerprint: "funds",
    origin: { actor: null, sealedIp: null },
  };
}
