import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { CurrentSpendLimits } from "../../application/current-spend-limits.ts";
import { adviseStart, runwayOf } from "../../domain/charging/advise.ts";
import type { SessionSubject } from "../../domain/charging/session.ts";
import { spenderOf } from "../../domain/charging/spending.ts";
import { type Account, available } from "../../domain/ledger/account.ts";
import { creditsToNumber } from "../../domain/money/credits.ts";
import { type SpendLimit, tightestLimit } from "../../domain/policy/spend-limit.ts";
import { type PriceBook, pinnedPrices, pricesInForce } from "../../domain/pricing/price-book.ts";
import {
  type AppliedRates,
  NO_USAGE,
  ratesFor,
  rateUsage,
  type Usage,
} from "../../domain/pricing/rate-usage.ts";
import { type AnswerOnce, answerOnce } from "../answer-once.ts";
import { sendProblem } from "../problems.ts";
import { idInput, organizationField, timeOutput } from "../schemas.ts";
import { rateSchema, rateView } from "../wire/price-version.ts";
import { breakdownSchema, breakdownView, ratesView } from "../wire/session.ts";
import { spendLimitSchema, spendLimitView } from "../wire/spend-limit.ts";
import { subjectFields, subjectOf, totalsFields, totalsOf } from "../wire/usage-input.ts";
import type { ZodServer } from "../zod-server.ts";

/** Prices in force, quotes, and advice before a call. Source: contract.md, Reading and Charging. */
export function registerPricingRoutes(server: ZodServer, dependencies: PricingDependencies): void {
  registerPricing(server, dependencies);
  registerQuotes(server, dependencies);
  registerCheck(server, dependencies);
}

export type PricingDependencies = {
  readonly accountOf: (organizationId: string) => Promise<Account>;
  readonly currentSpendLimits: CurrentSpendLimits;
  /** The price book with every version that is committed, at the time (epoch ms) that charging goes by. */
  readonly pricesNow: () => Promise<{ readonly book: PriceBook; readonly now: number }>;
  readonly answerOnce: AnswerOnce;
};

/** Everything but the architecture may be left out of a question about prices. */
const questionFields = { ...organizationField, ...subjectFields, agent_id: idInput.optional() };

function registerPricing(server: ZodServer, { pricesNow }: PricingDependencies): void {
  server.get(
    "/api/billing/pricing",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Pricing"],
        summary: "The rates in force",
        querystring: z.strictObject(organizationField),
        response: { 200: pricingSchema, 422: z.unknown() },
      },
    },
    async (request, reply) => {
      const { book, now } = await pricesNow();
      const pinned = pricesInForce(book, request.organizationId, now);
      const version = book.versions.find((candidate) => candidate.version === pinned?.priceVersion);
      if (pinned === null || version === undefined) return sendProblem(reply, "price_missing");
      const { own, everyone } = pinnedPrices(book, pinned);
      return {
        success: true as const,
        version: version.version,
        override_version: pinned.overrideVersion,
        effective_from: new Date(version.effectiveFrom).toISOString(),
        currency: "USD" as const,
        rates: [...own, ...everyone].map(rateView),
      };
    },
  );
}

function registerQuotes(server: ZodServer, dependencies: PricingDependencies): void {
  server.post(
    "/api/billing/quotes",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Pricing"],
        summary: "The price of a described session, and how long the balance lasts",
        description:
          "runway: what the balance pays for, without grace; null where that has no end or something else is counted. " +
          "max_concurrent: how many such sessions can be opened now beside those that run; a lower bound at prices of several credits a minute. " +
          "spend_limit: the limit that leaves such a session of this caller least.",
        body: z.strictObject({ ...questionFields, ...totalsFields, unit_price_id: idInput.optional() }),
        response: { 200: quoteSchema, 422: z.unknown() },
      },
    },
    async (request, reply) => {
      const { unit_price_id, ...body } = request.body;
      const rates = await ratesNow(dependencies, request.organizationId, {
        ...subjectOf(body),
        unitPriceId: unit_price_id ?? null,
      });
      if (rates === null) return sendProblem(reply, "price_missing");
      const usage = { ...NO_USAGE, ...totalsOf(body) };
      return answerOnce(request, reply, dependencies.answerOnce, async () => {
        const account = await dependencies.accountOf(request.organizationId);
        const limit = await limitFor(dependencies, request, account, body);
        return { status: 200, body: quoteBody(account, usage, rates, limit) };
      });
    },
  );
}

function registerCheck(server: ZodServer, dependencies: PricingDependencies): void {
  server.post(
    "/api/billing/check",
    {
      config: { action: "charge" },
      schema: {
        tags: ["Charging"],
        summary: "Would a session be authorized now?",
        description: "Advice only: sessions decide.",
        body: z.strictObject(questionFields),
        response: { 200: checkSchema, 422: z.unknown() },
      },
    },
    async (request, reply) => {
      const rates = await ratesNow(dependencies, request.organizationId, subjectOf(request.body));
      if (rates === null) return sendProblem(reply, "price_missing");
      return answerOnce(request, reply, dependencies.answerOnce, async () => {
        const account = await dependencies.accountOf(request.organizationId);
        const limit = await limitFor(dependencies, request, account, request.body);
        return { status: 200, body: checkBody(account, rates, limit) };
      });
    },
  );
}

/** The spend limit that would leave a session of this caller the least; null when none counts it. */
async function limitFor(
  { currentSpendLimits }: PricingDependencies,
  { actor }: FastifyRequest,
  account: Account,
  { agent_id = "", user_id = null }: { agent_id?: string | undefined; user_id?: string | null | undefined },
): Promise<SpendLimit | null> {
  const spender = spenderOf({ agentId: agent_id, userId: user_id }, actor);
  return tightestLimit(await currentSpendLimits(account), spender, account.updatedAt);
}

function quoteBody(
  account: Account,
  usage: Usage,
  rates: AppliedRates,
  limit: SpendLimit | null,
): z.infer<typeof quoteSchema> {
  const { total, lines } = rateUsage(usage, rates);
  const { steps, sessionsMax } = runwayOf(account, rates, limit);
  const runway = measuredView(rates, steps);
  return {
    success: true,
    cost: creditsToNumber(total),
    breakdown: breakdownView(lines),
    ...ratesView(rates),
    runway_seconds: runway.seconds,
    runway_messages: runway.messages,
    runway_units: runway.units,
    max_concurrent: sessionsMax === null ? null : Number(sessionsMax),
    spend_limit: limit === null ? null : spendLimitView(limit),
  };
}

function checkBody(
  account: Account,
  rates: AppliedRates,
  limit: SpendLimit | null,
): z.infer<typeof checkSchema> {
  const { refusal, remainingGrace, stepsMax } = adviseStart(account, rates, limit);
  const allowed = measuredView(rates, refusal === null ? stepsMax : 0n);
  return {
    success: true,
    allowed: refusal === null,
    balance: creditsToNumber(account.balance),
    available: creditsToNumber(available(account)),
    held: creditsToNumber(account.held),
    grace_limit: creditsToNumber(account.graceLimit),
    remaining_grace: creditsToNumber(remainingGrace),
    max_seconds: allowed.seconds,
    max_messages: allowed.messages,
    max_units: allowed.units,
    spend_limit: limit === null ? null : spendLimitView(limit),
    ...(refusal === null ? {} : { code: refusal }),
  };
}

/** Steps under the name of what they are steps of. Null: there is no end to them, or it is something else that counts. */
function measuredView({ measure }: AppliedRates, steps: bigint | null) {
  const count = steps === null ? null : Number(steps);
  return {
    seconds: measure === "durationMs" && count !== null ? count / 1000 : null,
    messages: measure === "messages" ? count : null,
    units: measure === "units" ? count : null,
  };
}

async function ratesNow(
  { pricesNow }: PricingDependencies,
  organizationId: string,
  subject: SessionSubject,
): Promise<AppliedRates | null> {
  const { book, now } = await pricesNow();
  const pinned = pricesInForce(book, organizationId, now);
  return pinned === null ? null : ratesFor(subject, pinnedPrices(book, pinned));
}

const rateFieldsOut = {
  rate_per_minute: z.number().nullable(),
  rate_per_message: z.number().nullable(),
  rate_per_unit: z.number().nullable(),
};

const pricingSchema = z.strictObject({
  success: z.literal(true),
  version: z.int(),
  override_version: z.int().nullable(),
  effective_from: timeOutput,
  currency: z.literal("USD"),
  rates: z.array(rateSchema),
});

const quoteSchema = z.strictObject({
  success: z.literal(true),
  cost: z.number(),
  breakdown: breakdownSchema,
  ...rateFieldsOut,
  runway_seconds: z.number().nullable(),
  runway_messages: z.int().nullable(),
  runway_units: z.int().nullable(),
  max_concurrent: z.int().nullable(),
  spend_limit: spendLimitSchema.nullable(),
});

const checkSchema = z.strictObject({
  success: z.literal(true),
  allowed: z.boolean(),
  balance: z.number(),
  available: z.number(),
  held: z.number(),
  grace_limit: z.number(),
  remaining_grace: z.number(),
  max_seconds: z.number().nullable(),
  max_messages: z.int().nullable(),
  max_units: z.int().nullable(),
  spend_limit: spendLimitSchema.nullable(),
  code: z.enum(["insufficient_credits", "credits_reserved", "spend_limit_reached"]).optional(),
});
