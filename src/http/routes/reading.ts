import { z } from "zod";
import { type Account, available, balanceStatus } from "../../domain/ledger/account.ts";
import type { Transaction, TransactionType } from "../../domain/ledger/transaction.ts";
import { creditsToNumber } from "../../domain/money/credits.ts";
import { sendProblem } from "../problems.ts";
import { countInQuery, idInput, organizationField, timeOutput } from "../schemas.ts";
import { type TransactionView, transactionSchema } from "../wire/transaction.ts";
import type { ZodServer } from "../zod-server.ts";

/** Balance, history and the four cards. Each reads one account row and, for history, one key range. */
export function registerReadingRoutes(server: ZodServer, dependencies: ReadingDependencies): void {
  registerBalance(server, dependencies);
  registerHistory(server, dependencies);
  registerTransaction(server, dependencies);
  registerSummary(server, dependencies);
}

export type ReadingDependencies = {
  /** The organization's account; opens it where a crash came between the organization and its account. */
  readonly accountOf: (organizationId: string) => Promise<Account>;
  readonly transactions: {
    list(
      account: Account,
      type: TransactionType | null,
      page: { limit: number; offset: number },
    ): Promise<{ data: Transaction[]; total: number }>;
    find(organizationId: string, id: string): Promise<Transaction | null>;
  };
  /** Shows transactions with their addresses opened. */
  readonly showTransactions: (transactions: readonly Transaction[]) => Promise<TransactionView[]>;
  readonly organizationSummary: (organizationId: string) => Promise<OrganizationSummary>;
};

/** What the page says besides the account: names, and how fast credits are used. */
export type OrganizationSummary = {
  readonly organizationName: string;
  readonly ownerName: string | null;
  /** Credits a minute of all running sessions, in ten-thousandths. */
  readonly burnRatePerMinute: number;
};

const STATUS = z.enum(["ok", "low", "depleted", "grace", "exhausted"]);
const TAGS = ["Reading"];

const balanceFields = {
  success: z.literal(true),
  organization_id: z.string(),
  balance: z.number(),
  held: z.number(),
  available: z.number(),
  status: STATUS,
  grace_limit: z.number(),
  low_balance_threshold: z.number(),
  active_sessions: z.int(),
  updated_at: timeOutput,
};

function registerBalance(server: ZodServer, { accountOf }: ReadingDependencies): void {
  server.get(
    "/api/billing/balance/:organization_id",
    {
      config: { action: "view_billing" },
      schema: {
        tags: TAGS,
        summary: "The balance, what is held of it, and what is available",
        params: z.strictObject({ organization_id: idInput }),
        response: { 200: z.strictObject(balanceFields) },
      },
    },
    async (request) => balanceBody(await accountOf(request.organizationId)),
  );
}

function registerHistory(server: ZodServer, dependencies: ReadingDependencies): void {
  const { accountOf, transactions, showTransactions } = dependencies;
  server.get(
    "/api/billing/history",
    {
      config: { action: "view_billing" },
      schema: {
        tags: TAGS,
        summary: "Transactions, newest first",
        querystring: z.strictObject({
          ...organizationField,
          limit: countInQuery({ min: 1, max: 1_000, otherwise: 50 }),
          offset: countInQuery({ min: 0, max: 1_000_000_000, otherwise: 0 }),
          type: z.enum(["all", "topup", "consumption", "refund", "adjustment", "expiry"]).default("all"),
        }),
        response: {
          200: z.strictObject({
            success: z.literal(true),
            data: z.array(transactionSchema),
            total: z.int(),
            limit: z.int(),
            offset: z.int(),
          }),
        },
      },
    },
    async (request) => {
      const { limit, offset, type } = request.query;
      const account = await accountOf(request.organizationId);
      const { data, total } = await transactions.list(account, type === "all" ? null : type, {
        limit,
        offset,
      });
      return { success: true as const, data: await showTransactions(data), total, limit, offset };
    },
  );
}

function registerTransaction(
  server: ZodServer,
  { transactions, showTransactions }: ReadingDependencies,
): void {
  server.get(
    "/api/billing/transactions/:id",
    {
      config: { action: "view_billing" },
      schema: {
        tags: TAGS,
        summary: "One transaction",
        params: z.strictObject({ id: idInput }),
        querystring: z.strictObject(organizationField),
        response: { 200: z.strictObject({ success: z.literal(true), data: transactionSchema }) },
      },
    },
    async (request, reply) => {
      const found = await transactions.find(request.organizationId, request.params.id);
      const [data] = found === null ? [] : await showTransactions([found]);
      return data === undefined ? sendProblem(reply, "not_found") : { success: true as const, data };
    },
  );
}

function registerSummary(server: ZodServer, { accountOf, organizationSummary }: ReadingDependencies): void {
  server.get(
    "/api/billing/summary",
    {
      config: { action: "view_billing" },
      schema: {
        tags: TAGS,
        summary: "The four cards, and how long the balance lasts",
        querystring: z.strictObject(organizationField),
        response: { 200: summarySchema },
      },
    },
    async (request) => {
      const [account, { organizationName, ownerName, burnRatePerMinute }] = await Promise.all([
        accountOf(request.organizationId),
        organizationSummary(request.organizationId),
      ]);
      const rate = burnRatePerMinute;
      return {
        ...balanceBody(account),
        organization_name: organizationName,
        owner_name: ownerName,
        total_topups: creditsToNumber(account.totalTopups),
        total_usage: creditsToNumber(account.totalUsage),
        total_transactions: Number(account.seq),
        burn_rate_per_minute: rate / 10_000,
        runway_seconds: rate === 0 ? null : Math.max(0, Math.floor((Number(account.balance) / rate) * 60)),
      };
    },
  );
}

const summarySchema = z
  .strictObject({
    ...balanceFields,
    organization_name: z.string(),
    owner_name: z.string().nullable(),
    total_topups: z.number(),
    total_usage: z.number(),
    total_transactions: z.int(),
    burn_rate_per_minute: z.number(),
    runway_seconds: z.int().nullable(),
  })
  .meta({ id: "Summary" });

function balanceBody(account: Account) {
  return {
    success: true as const,
    organization_id: account.organizationId,
    balance: creditsToNumber(account.balance),
    held: creditsToNumber(account.held),
    available: creditsToNumber(available(account)),
    status: balanceStatus(account),
    grace_limit: creditsToNumber(account.graceLimit),
    low_balance_threshold: creditsToNumber(account.lowBalanceThreshold),
    active_sessions: account.activeSessions,
    updated_at: new Date(account.updatedAt).toISOString(),
  };
}
