import type pg from "pg";
import { createAccountPolicies } from "../application/change-policy.ts";
import { createOpenAccount } from "../application/open-account.ts";
import type { MoneyPorts } from "../application/ports.ts";
import { createPostCommand, TRANSACTION_IP } from "../application/post-command.ts";
import { type ArtifactPorts, artifactStatement } from "../application/session-artifact.ts";
import type { Config } from "../config.ts";
import type { Account } from "../domain/ledger/account.ts";
import type { Transaction } from "../domain/ledger/transaction.ts";
import { transactionView } from "../http/wire/transaction.ts";
import { findAccount, insertAccount } from "../storage/accounts.ts";
import { readSettings, writeSettings } from "../storage/organization-settings.ts";
import { createOrganizationVault } from "../storage/organization-vault.ts";
import { createPostingEngine, type PostingEngine } from "../storage/posting/engine.ts";
import type { EngineWatch } from "../storage/posting/engine-watch.ts";
import { addFirstPrices, openPriceBook } from "../storage/price-book.ts";
import { findSealedArtifact, putArtifact } from "../storage/reading/sessions.ts";

/** Everything that moves or shows credits, on one database. */
export async function wireMoney(settings: MoneySettings) {
  const { pool, connectionString, config, secretKey } = settings;
  await addFirstPrices(pool);
  const prices = await openPriceBook(pool);
  const timing = {
    validityMs: config.sessionValiditySeconds * 1000,
    settleWindowMs: config.settleWindowSeconds * 1000,
  };
  const { traceSubmissions = (engine: PostingEngine) => engine } = settings;
  const engine = traceSubmissions(
    createPostingEngine({
      connectionString,
      timing,
      prices,
      ...(config.oneOrganizationPerTransaction ? { organizationsPerTransaction: 1 } : {}),
      ...(settings.onNews === undefined ? {} : { onNews: settings.onNews }),
      ...(settings.watch === undefined ? {} : { watch: settings.watch }),
      ...(settings.clock === undefined ? {} : { clock: settings.clock }),
    }),
  );
  const vault = createOrganizationVault(pool, secretKey);
  const ports: MoneyPorts = {
    submit: engine.submit,
    findAccount: (organizationId) => findAccount(pool, organizationId),
    insertAccount: (organizationId, policy) => insertAccount(pool, organizationId, policy, settings.clock),
    ...vault,
  };
  const policy = { graceLimit: config.graceLimit, lowBalanceThreshold: config.lowBalance };
  const openAccount = createOpenAccount(ports, { policy, welcomeCredit: config.welcomeCredit });
  const postCommand = createPostCommand(ports, openAccount);
  const accountOf = (organizationId: string) => findOrOpen(ports, openAccount, organizationId);
  const policies = createAccountPolicies({
    accountOf,
    postCommand,
    readSettings: (organizationId) => readSettings(pool, organizationId),
    writeSettings: (organizationId, change) => writeSettings(pool, organizationId, change),
  });
  return {
    engine,
    prices,
    timing,
    vault,
    openAccount,
    postCommand,
    accountOf,
    policies,
    ...views(vault, pool),
  };
}

export type Money = Awaited<ReturnType<typeof wireMoney>>;

export type MoneySettings = {
  readonly pool: pg.Pool;
  readonly connectionString: string;
  readonly config: Config;
  readonly secretKey: string;
  readonly onNews?: (organizationIds: readonly string[]) => void;
  readonly watch?: EngineWatch;
  readonly traceSubmissions?: (engine: PostingEngine) => PostingEngine;
  readonly clock?: (databaseNow: number) => number;
};

async function findOrOpen(
  ports: Pick<MoneyPorts, "findAccount">,
  openAccount: (organizationId: string) => Promise<void>,
  organizationId: string,
): Promise<Account> {
  const found = await ports.findAccount(organizationId);
  if (found !== null) return found;
  await openAccount(organizationId);
  const opened = await ports.findAccount(organizationId);
  if (opened === null) throw new Error(`the account of ${organizationId} was just opened`);
  return opened;
}

/** How transactions are shown, and where the content of sessions is kept. */
function views(vault: ReturnType<typeof createOrganizationVault>, pool: pg.Pool) {
  const artifacts: ArtifactPorts = {
    ...vault,
    findSealedArtifact: (organizationId, sessionId) => findSealedArtifact(pool, organizationId, sessionId),
    putArtifact,
    run: async ({ text, values }) => void (await pool.query(text, [...values])),
  };
  const showLater = async (transaction: Transaction) => {
    const { organizationId, sealedIp } = transaction;
    const ip = sealedIp === null ? null : await vault.open(organizationId, TRANSACTION_IP, sealedIp);
    return transactionView(transaction, ip);
  };
  return {
    artifacts,
    artifactStatement: artifactStatement.bind(null, artifacts),
    showTransaction(transaction: Transaction) {
      const { organizationId, sealedIp } = transaction;
      const ip = sealedIp === null ? null : vault.openAtHand(organizationId, TRANSACTION_IP, sealedIp);
      return transactionView(transaction, ip);
    },
    showTransactions: (transactions: readonly Transaction[]) => Promise.all(transactions.map(showLater)),
  };
}
