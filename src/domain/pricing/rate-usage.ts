import { assertNever } from "../assert.ts";
import type { Credits } from "../money/credits.ts";
import { allocate, type Exact, perCount, perMinute, type Rate, roundHalfUp, sum } from "../money/exact.ts";
import { chooseEntry } from "./choose-entry.ts";
import type { Architecture, Component, KeyMode, PriceLists, RateUnit, SessionType } from "./price-book.ts";

/** What decides the rates of a session or event. */
export type PricedSubject = {
  readonly architecture: Architecture;
  readonly sessionType: SessionType;
  readonly keyMode: KeyMode;
  readonly llmModel: string | null;
  readonly sttProvider: string | null;
  readonly ttsProvider: string | null;
  readonly realtimeModel: string | null;
  readonly unitPriceId?: string | null;
};

/** Cumulative totals of a session or event. */
export type Usage = { readonly durationMs: bigint; readonly messages: bigint; readonly units: bigint };
export const NO_USAGE: Usage = { durationMs: 0n, messages: 0n, units: 0n };

/** The one total that an architecture is charged by. */
export type Measure = keyof Usage;

export type AppliedRate = {
  readonly component: Component;
  readonly unit: RateUnit;
  readonly unitName: string;
  readonly rate: Rate;
  readonly model: string | null;
};

export type AppliedRates = {
  readonly measure: Measure;
  readonly rates: readonly AppliedRate[];
  /** True when a named model had no rate of its own. */
  readonly usedDefault: boolean;
};

export type CostLine = AppliedRate & { readonly quantity: bigint; readonly amount: Credits };
export type Cost = { readonly total: Credits; readonly lines: readonly CostLine[] };

/** The rates of a subject, or null when the price book has none for one of its components ("price_missing"). */
export function ratesFor(subject: PricedSubject, { own, everyone }: PriceLists): AppliedRates | null {
  const rates: AppliedRate[] = [];
  let usedDefault = false;
  for (const { component, model } of componentsOf(subject)) {
    const entry = chooseEntry({ ...subject, component, model }, { own, everyone });
    if (entry === null) return null;
    if (model !== null && entry.model === undefined) usedDefault = true;
    rates.push({
      component,
      unit: entry.unit,
      unitName: entry.unitName ?? entry.unit,
      rate: entry.rate,
      model,
    });
  }
  return { measure: measureOf(subject.architecture), rates, usedDefault };
}

/** Cost of a usage, rounded once, with lines that sum to it. Duration is charged per millisecond, pro rata. */
export function rateUsage(usage: Usage, applied: AppliedRates): Cost {
  const quantity = usage[applied.measure];
  const { total, amounts } = amountsOf(usage, applied);
  const lines = applied.rates.map((line, index) => ({ ...line, quantity, amount: amounts[index] ?? total }));
  return { total, lines };
}

/** The total and the lines' amounts of rateUsage alone, for where millions are rated. */
export function amountsOf(usage: Usage, applied: AppliedRates): { total: Credits; amounts: Credits[] } {
  const quantity = usage[applied.measure];
  const parts = applied.rates.map((line) => exactOf(line, quantity));
  const total = roundHalfUp(sum(parts));
  return { total, amounts: allocate(total, parts) };
}

/** The total of rateUsage alone, for where its lines would be thrown away. */
export function costOf(usage: Usage, applied: AppliedRates): Credits {
  const quantity = usage[applied.measure];
  return roundHalfUp(sum(applied.rates.map((line) => exactOf(line, quantity))));
}

/** Exact cost of one step (a millisecond, a message, a unit) over all components; 0 for a free session. */
export function exactPerStep(applied: AppliedRates): Exact {
  return sum(applied.rates.map((line) => exactOf(line, 1n)));
}

export function measureOf(architecture: Architecture): Measure {
  switch (architecture) {
    case "pipeline":
    case "realtime":
      return "durationMs";
    case "text":
      return "messages";
    case "api":
      return "units";
    default:
      return assertNever(architecture);
  }
}

function exactOf(line: AppliedRate, quantity: bigint): Exact {
  return line.unit === "minute" ? perMinute(line.rate, quantity) : perCount(line.rate, quantity);
}

/** What a subject is charged for. With its own keys the organization pays its model vendors itself, so only the base is
 *  charged. */
export function componentsOf(subject: PricedSubject): { component: Component; model: string | null }[] {
  const ownKeys = subject.keyMode === "own_keys";
  switch (subject.architecture) {
    case "pipeline":
      if (ownKeys) return [{ component: "base", model: null }];
      return [
        { component: "base", model: null },
        { component: "llm", model: subject.llmModel },
        { component: "stt", model: subject.sttProvider },
        { component: "tts", model: subject.ttsProvider },
      ];
    case "realtime":
      if (ownKeys) return [{ component: "base", model: null }];
      return [
        { component: "base", model: null },
        { component: "model", model: subject.realtimeModel },
      ];
    case "text":
      return ownKeys ? [] : [{ component: "llm", model: subject.llmModel }];
    case "api":
      return [{ component: "unit", model: null }];
    default:
      return assertNever(subject.architecture);
  }
}
