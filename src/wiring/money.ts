import type pg from "pg";
import { createAccountPolicies } from "../application/change-policy.ts";
import { createCurrentSpendLimits } from "../application/current-spend-limits.ts";
import { createOpenAccount } from "../application/open-account.ts";
import type { MoneyPorts } from "../application/ports.ts";
import { createPostCommand, createPostCommands, TRANSACTION_IP } from "../application/post-command.ts";
import { type ArtifactPorts, artifactStatement } from "../application/session-artifact.ts";
import type { Config } from "../config.ts";
import type { Account } from "../domain/ledger/account.ts";
import type { Transaction } from "../domain/ledger/transaction.ts";
import { transactionView } from "../http/wire/transaction.ts";
import { findAccount, insertAccount } from "../storage/accounts.ts";
import { countSpending } from "../storage/count-spending.ts";
import { type OrganizationDatabases, openOrganizationDatabases } from "../storage/organization-database.ts";
import { readAlertEmails, writeAlertEmails } from "../storage/organization-settings.ts";
import { createOrganizationVault } from "../storage/organization-vault.ts";
import { createPostingEngine, type PostingEngine } from "../storage/posting/engine.ts";
import type { EngineWatch } from "../storage/posting/engine-watch.ts";
import { addFirstPrices, type OpenPriceBook, openPriceBook } from "../storage/price-book.ts";
import { findSealedArtifact, putArtifact } from "../storage/reading/sessions.ts";
import { findSpendLimits } from "../storage/spending.ts";

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
  const databases = openOrganizationDatabases(pool);
  const vault = createOrganizationVault(databases, secretKey);
  const ports: MoneyPorts = {
    submit: engine.submit,
    submitMany: engine.submitMany,
    findAccount: (organizationId) => findAccount(databases.of(organizationId)),
    insertAccount: (organizationId, policy) =>
      insertAccount(databases.of(organizationId), policy, settings.clock),
    ...vault,
  };
  const policy = { graceLimit: config.graceLimit, lowBalanceThreshold: config.lowBalance };
  const openAccount = createOpenAccount(ports, { policy, welcomeCredit: config.welcomeCredit });
  const postCommand = createPostCommand(ports, openAccount);
  const accountOf = (organizationId: string) => findOrOpen(ports, openAccount, organizationId);
  return {
    engine,
    prices,
    timing,
    vault,
    openAccount,
    postCommand,
    postCommands: createPostCommands(ports, openAccount),
    accountOf,
    ...policiesOf(databases, prices, { accountOf, postCommand }),
    ...views(vault, databases),
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

/** What bounds an account, and how it is changed. */
function policiesOf(
  databases: OrganizationDatabases,
  prices: Pick<OpenPriceBook, "newest">,
  ports: Pick<Parameters<typeof createAccountPolicies>[0], "accountOf" | "postCommand">,
) {
  const currentSpendLimits = createCurrentSpendLimits({
    findSpendLimits: (organizationId) => findSpendLimits(databases.of(organizationId)),
    now: async () => (await prices.newest()).now,
  });
  const policies = createAccountPolicies({
    ...ports,
    currentSpendLimits,
    countSpending: async (organizationId, keys) =>
      countSpending(databases, organizationId, keys, (await prices.newest()).now),
    readAlertEmails: (organizationId) => readAlertEmails(databases.of(organizationId)),
    writeAlertEmails: (organizationId, addresses) =>
      writeAlertEmails(databases.of(organizationId), addresses),
  });
  return { policies, currentSpendLimits };
}

/** How transactions are shown, and where the content of sessions is kept. */
function views(vault: ReturnType<typeof createOrganizationVault>, databases: OrganizationDatabases) {
  const artifacts: ArtifactPorts = {
    ...vault,
    findSealedArtifact: (organizationId, sessionId) =>
      findSealedArtifact(databases.of(organizationId), sessionId),
    putArtifact,
    run: async (organizationId, { text, values }) =>
      void (await databases.of(organizationId).query(text, values)),
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
