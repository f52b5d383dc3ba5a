import { z } from "zod";
import type { RecordedPriceVersion } from "../../application/price-ports.ts";
import { type Credits, creditsToNumber } from "../../domain/money/credits.ts";
import { type Rate, rateFromNumber, rateToNumber } from "../../domain/money/exact.ts";
import type { PriceVersionAdded, PriceVersionRefused } from "../../domain/pricing/add-price-version.ts";
import { rateUnitOf } from "../../domain/pricing/check-price-list.ts";
import type { PriceEntry } from "../../domain/pricing/price-book.ts";
import type { InputError } from "../invalid-input.ts";
import { idInput, textInput, timeOutput } from "../schemas.ts";
import { timeInput } from "./usage-input.ts";

/** Rates and price versions as the API and the files of `airtime prices` write them. */

const components = z.enum(["base", "llm", "model", "stt", "tts", "unit"]);
const architectures = z.enum(["pipeline", "realtime", "text", "api"]);
const units = z.enum(["minute", "message", "unit"]);

const rateInput = z.number().transform((value, context) => {
  const parsed = rateFromNumber(value);
  if (parsed !== null) return parsed;
  const message = "A rate is not negative, below 100,000, and has at most 10 decimals";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** One rate. Selectors that are absent or null match anything, so that what the API answered can be sent back. */
const entryInput = z
  .strictObject({
    component: components,
    architecture: architectures,
    session_type: z.enum(["webcall", "telephony", "chat", "api"]).nullish(),
    key_mode: z.enum(["platform_keys", "own_keys"]).nullish(),
    model: idInput.nullish(),
    unit_price_id: idInput.nullish(),
    unit_name: textInput(50).min(1).nullish(),
    unit: units.optional(),
    rate: rateInput,
  })
  .transform(
    (input): PriceEntry => ({
      component: input.component,
      unit: input.unit ?? rateUnitOf(input.architecture),
      rate: input.rate,
      architecture: input.architecture,
      ...(input.session_type ? { sessionType: input.session_type } : {}),
      ...(input.key_mode ? { keyMode: input.key_mode } : {}),
      ...(input.model ? { model: input.model } : {}),
      ...(input.unit_price_id ? { unitPriceId: input.unit_price_id } : {}),
      ...(input.unit_name ? { unitName: input.unit_name } : {}),
    }),
  );

/** What a version consists of. A file of `airtime prices add` is exactly this. */
export const priceVersionFields = {
  effective_from: timeInput.optional(),
  reason: textInput(1000).min(1),
  rates: z.array(entryInput).max(2_000),
};

const selectorsOutput = {
  component: components,
  architecture: architectures,
  session_type: z.string().nullable(),
  key_mode: z.string().nullable(),
  model: z.string().nullable(),
  unit_price_id: z.string().nullable(),
};

export const rateSchema = z
  .strictObject({
    ...selectorsOutput,
    unit_name: z.string().nullable(),
    unit: units,
    rate: z.number(),
  })
  .meta({ id: "Rate" });

export function rateView(entry: PriceEntry): z.infer<typeof rateSchema> {
  return {
    component: entry.component,
    architecture: entry.architecture,
    session_type: entry.sessionType ?? null,
    key_mode: entry.keyMode ?? null,
    model: entry.model ?? null,
    unit_price_id: entry.unitPriceId ?? null,
    unit_name: entry.unitName ?? null,
    unit: entry.unit,
    rate: rateToNumber(entry.rate),
  };
}

export const recordedVersionSchema = z
  .strictObject({
    version: z.int(),
    organization_id: z.string().nullable(),
    effective_from: timeOutput,
    effective_until: timeOutput.nullable(),
    in_force: z.boolean(),
    reason: z.string().nullable(),
    created_by: z.string(),
    created_at: timeOutput,
    rates: z.array(rateSchema),
  })
  .meta({ id: "PriceVersion" });

export function recordedVersionView(version: RecordedPriceVersion): z.infer<typeof recordedVersionSchema> {
  return {
    version: version.version,
    organization_id: version.organizationId,
    effective_from: isoTime(version.effectiveFrom),
    effective_until: version.effectiveUntil === null ? null : isoTime(version.effectiveUntil),
    in_force: version.isInForce,
    reason: version.reason,
    created_by: version.createdBy,
    created_at: isoTime(version.createdAt),
    rates: version.entries.map(rateView),
  };
}

export const addedVersionSchema = z.strictObject({
  success: z.literal(true),
  preview: z.boolean(),
  version: z.int().nullable(),
  organization_id: z.string().nullable(),
  effective_from: timeOutput,
  changes: z.array(
    z.strictObject({ ...selectorsOutput, from: z.number().nullable(), to: z.number().nullable() }),
  ),
  examples: z.array(
    z.strictObject({ example: z.string(), before: z.number().nullable(), after: z.number().nullable() }),
  ),
});

/** A preview has no number: another version may be added before. */
export function addedVersionView(
  { version, changes, examples }: PriceVersionAdded,
  isPreview: boolean,
): z.infer<typeof addedVersionSchema> {
  return {
    success: true,
    preview: isPreview,
    version: isPreview ? null : version.version,
    organization_id: version.organizationId,
    effective_from: isoTime(version.effectiveFrom),
    changes: changes.map(({ selectors, from, to }) => ({
      component: selectors.component,
      architecture: selectors.architecture,
      session_type: selectors.sessionType,
      key_mode: selectors.keyMode,
      model: selectors.model,
      unit_price_id: selectors.unitPriceId ?? null,
      from: shownRate(from),
      to: shownRate(to),
    })),
    examples: examples.map(({ example, before, after }) => ({
      example,
      before: shownCost(before),
      after: shownCost(after),
    })),
  };
}

/** The mistakes behind a refused version, each at its field. */
export function priceErrors(refused: Exclude<PriceVersionRefused, { kind: "date_taken" }>): InputError[] {
  if (refused.kind === "too_early") {
    const message = `Must be ${isoTime(refused.earliest)} or later`;
    return [{ path: "effective_from", message }];
  }
  return refused.problems.map(({ entry, problem }) => ({
    path: entry === null ? "rates" : `rates.${entry}`,
    message: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`,
  }));
}

const shownRate = (rate: Rate | null) => (rate === null ? null : rateToNumber(rate));
const shownCost = (cost: Credits | null) => (cost === null ? null : creditsToNumber(cost));

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
