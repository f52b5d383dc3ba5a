import { z } from "zod";
import { type GrantView, grantView } from "../../domain/charging/grant.ts";
import { pinnedRates } from "../../domain/charging/report.ts";
import type { Session } from "../../domain/charging/session.ts";
import { transactionId } from "../../domain/ledger/transaction.ts";
import { creditsToNumber } from "../../domain/money/credits.ts";
import { rateToNumber } from "../../domain/money/exact.ts";
import type { PriceBook } from "../../domain/pricing/price-book.ts";
import { type AppliedRates, type CostLine, rateUsage } from "../../domain/pricing/rate-usage.ts";
import { timeOutput } from "../schemas.ts";

/** A billing session and its grant as the API shows them. */

const costLineSchema = z
  .strictObject({
    component: z.enum(["base", "llm", "model", "stt", "tts", "unit"]),
    model: z.string().nullable(),
    quantity: z.number(),
    unit: z.enum(["minute", "message", "unit"]),
    rate: z.number(),
    amount: z.number(),
  })
  .meta({ id: "CostLine" });

export const breakdownSchema = z.array(costLineSchema);

export const grantSchema = z
  .strictObject({
    amount: z.number(),
    seconds: z.number().nullable(),
    messages: z.int().nullable(),
    units: z.int().nullable(),
    expires_at: timeOutput,
    renew_after_seconds: z.number().nullable(),
    final: z.boolean(),
  })
  .meta({ id: "Grant" });

export const sessionSchema = z
  .strictObject({
    id: z.string(),
    organization_id: z.string(),
    agent_id: z.string(),
    agent_name: z.string().nullable(),
    architecture: z.enum(["pipeline", "realtime", "text", "api"]),
    session_type: z.enum(["webcall", "telephony", "chat", "api"]),
    key_mode: z.enum(["platform_keys", "own_keys"]),
    llm_model: z.string().nullable(),
    stt_provider: z.string().nullable(),
    tts_provider: z.string().nullable(),
    realtime_model: z.string().nullable(),
    user_id: z.string().nullable(),
    status: z.enum(["active", "stale", "settled", "cancelled"]),
    price_version: z.int(),
    override_version: z.int().nullable(),
    started_at: timeOutput,
    last_report_at: timeOutput,
    ended_at: timeOutput.nullable(),
    duration_seconds: z.number(),
    messages: z.int(),
    units: z.int(),
    cost: z.number(),
    charged: z.number(),
    uncollected: z.number(),
    held: z.number(),
    breakdown: breakdownSchema,
    rate_per_minute: z.number().nullable(),
    rate_per_message: z.number().nullable(),
    rate_per_unit: z.number().nullable(),
    grant: grantSchema.nullable(),
    flags: z.array(
      z.enum(["lost", "late_end", "duration_exceeds_elapsed", "usage_regressed", "default_rate"]),
    ),
    transaction_id: z.string().nullable(),
    started_by: z.strictObject({ type: z.string(), id: z.string(), name: z.string() }).nullable(),
    metadata: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Session" });

export type SessionWire = z.infer<typeof sessionSchema>;
export type GrantWire = z.infer<typeof grantSchema>;

/** What showing a session needs to know besides the session. */
export type SessionContext = { readonly prices: PriceBook; readonly timing: { readonly validityMs: number } };

/** @param rates the session's own, where they are at hand. */
export function sessionView(
  session: Session,
  context: SessionContext,
  rates = pinnedRates(context.prices, session),
): SessionWire {
  const grant = grantView(session, rates.measure, context.timing.validityMs);
  const shownRates = ratesView(rates);
  return {
    id: session.id,
    organization_id: session.organizationId,
    agent_id: session.agentId,
    agent_name: session.agentName,
    architecture: session.architecture,
    session_type: session.sessionType,
    key_mode: session.keyMode,
    llm_model: session.llmModel,
    stt_provider: session.sttProvider,
    tts_provider: session.ttsProvider,
    realtime_model: session.realtimeModel,
    user_id: session.userId,
    status: session.status,
    price_version: session.priceVersion,
    override_version: session.overrideVersion,
    started_at: isoTime(session.startedAt),
    last_report_at: isoTime(session.lastReportAt),
    ended_at: session.endedAt === null ? null : isoTime(session.endedAt),
    duration_seconds: Number(session.usage.durationMs) / 1000,
    messages: Number(session.usage.messages),
    units: Number(session.usage.units),
    cost: creditsToNumber(session.cost),
    charged: creditsToNumber(session.charged),
    uncollected: creditsToNumber(session.uncollected),
    held: creditsToNumber(session.held),
    breakdown: breakdownView(rateUsage(session.usage, rates).lines),
    rate_per_minute: shownRates.rate_per_minute,
    rate_per_message: shownRates.rate_per_message,
    rate_per_unit: shownRates.rate_per_unit,
    grant: grant === null ? null : grantWire(grant),
    flags: [...session.flags],
    transaction_id:
      session.transactionSeq === null ? null : transactionId(session.organizationId, session.transactionSeq),
    started_by: session.startedBy,
    metadata: session.metadata,
  };
}

/** Cost lines; quantities of a rate per minute are in minutes. */
export function breakdownView(lines: readonly CostLine[]): z.infer<typeof breakdownSchema> {
  return lines.map(({ component, model, quantity, unit, rate, amount }) => ({
    component,
    model,
    quantity: unit === "minute" ? minutesOf(quantity) : Number(quantity),
    unit,
    rate: rateToNumber(rate),
    amount: creditsToNumber(amount),
  }));
}

/** With 6 decimals. No duration lies half-way between two of them. */
function minutesOf(durationMs: bigint): number {
  return Math.round((Number(durationMs) * 50) / 3) / 1_000_000;
}

type RatesView = {
  readonly rate_per_minute: number | null;
  readonly rate_per_message: number | null;
  readonly rate_per_unit: number | null;
};

const shown = new WeakMap<AppliedRates, RatesView>();

/** The sum of a session's rates, under the name of what it is charged by. Remembered, as the rates themselves are. */
export function ratesView(rates: AppliedRates): RatesView {
  const known = shown.get(rates);
  if (known !== undefined) return known;
  const total = rates.rates.reduce((whole, line) => whole + rateToNumber(line.rate), 0);
  // Sums of decimal rates are shown without the noise of binary fractions.
  const perStep = Number(total.toFixed(10));
  const view = {
    rate_per_minute: rates.measure === "durationMs" ? perStep : null,
    rate_per_message: rates.measure === "messages" ? perStep : null,
    rate_per_unit: rates.measure === "units" ? perStep : null,
  };
  shown.set(rates, view);
  return view;
}

function grantWire(grant: GrantView): GrantWire {
  return {
    amount: creditsToNumber(grant.amount),
    seconds: grant.measure === "durationMs" ? Number(grant.steps) / 1000 : null,
    messages: grant.measure === "messages" ? Number(grant.steps) : null,
    units: grant.measure === "units" ? Number(grant.steps) : null,
    expires_at: isoTime(grant.expiresAt),
    renew_after_seconds: grant.renewAfterMs === null ? null : grant.renewAfterMs / 1000,
    final: grant.final,
  };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
