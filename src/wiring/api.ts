import type pg from "pg";
import type { Registry } from "prom-client";
import { createAddPriceVersion } from "../application/add-price-version.ts";
import type { CheckpointSigner } from "../application/checkpoint-ports.ts";
import type { AnswerStore } from "../application/identity-ports.ts";
import { signedCheckpoint } from "../application/sign-heads.ts";
import type { Session } from "../domain/charging/session.ts";
import type { AnswerOnce } from "../http/answer-once.ts";
import { registerChargingRoutes } from "../http/routes/charging.ts";
import { registerCreditRoutes } from "../http/routes/credits.ts";
import { registerEventRoutes } from "../http/routes/events.ts";
import { registerExportRoute } from "../http/routes/export.ts";
import { registerPriceVersionRoutes } from "../http/routes/price-versions.ts";
import { registerPricingRoutes } from "../http/routes/pricing.ts";
import { registerReadingRoutes } from "../http/routes/reading.ts";
import { registerSessionRoutes } from "../http/routes/sessions.ts";
import { registerStatementRoutes } from "../http/routes/statements.ts";
import { registerStreamRoute } from "../http/routes/stream.ts";
import { registerUsageSeriesRoute } from "../http/routes/usage-series.ts";
import type { RegisterRoutes } from "../http/server.ts";
import { sessionView } from "../http/wire/session.ts";
import { createLiveHub, type LiveHub } from "../notify/live/hub.ts";
import { createNewsPages } from "../notify/live/message.ts";
import { createCredentialReader } from "../storage/identity/credentials.ts";
import { newId } from "../storage/identity/new-id.ts";
import { openOrganizationDatabases } from "../storage/organization-database.ts";
import { createOutboxReader, lastNewsSeqs } from "../storage/outbox.ts";
import { createPriceVersionStore } from "../storage/price-versions.ts";
import { exportTransactions } from "../storage/reading/export-transactions.ts";
import { summarizeOrganization } from "../storage/reading/organization-summary.ts";
import { countSessionsByStatus, findSession, listSessions } from "../storage/reading/sessions.ts";
import { firstPosted, readStatement } from "../storage/reading/statement.ts";
import { findTransaction, listTransactions } from "../storage/reading/transactions.ts";
import { usageSeries } from "../storage/reading/usage-series.ts";
import type { Identity } from "./identity.ts";
import type { Money } from "./money.ts";
import { measureStreams } from "./stream-metrics.ts";

/** Charging, credits and everything that is read of them. */
export function billingRoutes({
  pool,
  readingPool,
  money,
  answers,
  signer,
}: BillingSettings): RegisterRoutes[] {
  const { postCommand, postCommands, showTransaction, accountOf, currentSpendLimits } = money;
  const { newest: pricesNow, knowing } = money.prices;
  const versions = createPriceVersionStore(pool);
  const databases = openOrganizationDatabases(readingPool);
  const { organizationExists } = createCredentialReader(pool);
  const contextOf = async (sessions: readonly Session[]) => ({
    prices: await knowing(sessions),
    timing: money.timing,
  });
  const answerOnce: AnswerOnce = (request, work) => answers.answerOnce(request, work);
  return [
    (server) => registerChargingRoutes(server, { ...money, newId }),
    (server) => registerEventRoutes(server, { postCommand, postCommands, showTransaction, answerOnce }),
    (server) => registerCreditRoutes(server, { postCommand, showTransaction }),
    (server) => registerPricingRoutes(server, { accountOf, currentSpendLimits, pricesNow, answerOnce }),
    (server) =>
      registerPriceVersionRoutes(server, {
        listPriceVersions: versions.list,
        addPriceVersion: createAddPriceVersion({ versions, organizationExists }),
        answers,
      }),
    (server) =>
      registerExportRoute(server, {
        exportTransactions: (organizationId, period) =>
          exportTransactions(databases.of(organizationId), period),
        showTransactions: money.showTransactions,
      }),
    (server) =>
      registerStatementRoutes(server, {
        now: async () => (await pricesNow()).now,
        readStatement: async (organizationId, month) =>
          readStatement(databases, organizationId, { month, prices: (await pricesNow()).book }),
        signHead: (head, at) => signedCheckpoint(signer(), { at, heads: [head] }),
        firstPosted: (organizationId) => firstPosted(databases.of(organizationId)),
      }),
    (server) =>
      registerUsageSeriesRoute(server, {
        now: async () => (await pricesNow()).now,
        accountOf,
        usageSeries: async ({ organizationId, ...request }) =>
          usageSeries(databases.of(organizationId), request, (await pricesNow()).book),
      }),
    (server) =>
      registerSessionRoutes(server, {
        sessions: {
          list: async (organizationId, filter, page) =>
            listSessions(databases.of(organizationId), await accountOf(organizationId), filter, page),
          countByStatus: async (organizationId, filter) =>
            countSessionsByStatus(databases.of(organizationId), await accountOf(organizationId), filter),
          find: (organizationId, sessionId) =>
            findSession(openOrganizationDatabases(pool).of(organizationId), sessionId),
        },
        artifacts: money.artifacts,
        contextOf,
      }),
    (server) =>
      registerReadingRoutes(server, {
        accountOf,
        showTransactions: money.showTransactions,
        transactions: {
          list: (account, type, page) =>
            listTransactions(databases.of(account.organizationId), account, type, page),
          find: (organizationId, id) => findTransaction(databases.of(organizationId), id),
        },
        organizationSummary: async (organizationId) =>
          summarizeOrganization(databases.of(organizationId), (await pricesNow()).book),
      }),
  ];
}

export type BillingSettings = {
  readonly pool: pg.Pool;
  readonly readingPool: pg.Pool;
  readonly money: Money;
  /** With connections of its own: a batch holds one while the engine works. */
  readonly answers: AnswerStore;
  readonly signer: () => CheckpointSigner;
};

/** The live stream over the outbox. */
export function wireStream(settings: {
  readonly pool: pg.Pool;
  readonly readingPool: pg.Pool;
  readonly money: Money;
  readonly identity: Identity;
  readonly registry: Registry;
  readonly onFault: (error: unknown) => void;
}): { hub: LiveHub; routes: RegisterRoutes } {
  const { pool, readingPool, money, identity, registry, onFault } = settings;
  const outbox = createOutboxReader(openOrganizationDatabases(readingPool));
  const views = {
    transaction: async (transaction: Parameters<Money["showTransaction"]>[0]) => {
      const [view] = await money.showTransactions([transaction]);
      return view ?? {};
    },
    session: async (session: Session) =>
      sessionView(session, { prices: await money.prices.knowing([session]), timing: money.timing }),
  };
  const source = { ...createNewsPages(outbox, views, onFault), lastSeqs: lastNewsSeqs.bind(null, pool) };
  const hub = measureStreams(createLiveHub(source, { onFault }), registry);
  const { credentials, sessions } = identity.authentication;
  return {
    hub,
    routes: (server) => registerStreamRoute(server, { hub, lastSeq: outbox.lastSeq, credentials, sessions }),
  };
}
