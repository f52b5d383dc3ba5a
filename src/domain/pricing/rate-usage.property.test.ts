import fc from "fast-check";
import { expect, test } from "vitest";
import { rate } from "../money/exact.ts";
import type { Architecture, Component, PriceEntry, PriceLists } from "./price-book.ts";
import {
  costOf,
  exactPerStep,
  measureOf,
  type PricedSubject,
  ratesFor,
  rateUsage,
  type Usage,
} from "./rate-usage.ts";

/** An oracle that shares nothing with the code: rates and quantities are fractions, an entry is chosen by sorting. */

type Fraction = readonly [numerator: bigint, denominator: bigint];

const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];

/** Ten-thousandths of a fraction of credits, half-up: the whole part of twice it plus one, halved. */
const halfUp = ([a, b]: Fraction): bigint => (20_000n * a + b) / (2n * b);

const COMPONENTS: Record<Architecture, [Component, (subject: PricedSubject) => string | null][]> = {
  pipeline: [
    ["base", () => null],
    ["llm", ({ llmModel }) => llmModel],
    ["stt", ({ sttProvider }) => sttProvider],
    ["tts", ({ ttsProvider }) => ttsProvider],
  ],
  realtime: [
    ["base", () => null],
    ["model", ({ realtimeModel }) => realtimeModel],
  ],
  text: [["llm", ({ llmModel }) => llmModel]],
  api: [["unit", () => null]],
};

/** The organization pays its model vendors itself when it brings its own keys. */
const isCharged = (component: Component, { keyMode }: PricedSubject) =>
  keyMode === "platform_keys" || component === "base" || component === "unit";

function chosen(
  subject: PricedSubject,
  component: Component,
  model: string | null,
  { own, everyone }: PriceLists,
) {
  const scored = (entries: readonly PriceEntry[]) =>
    entries
      .filter((entry) => entry.component === component && entry.architecture === subject.architecture)
      .filter(({ sessionType }) => sessionType === undefined || sessionType === subject.sessionType)
      .filter(({ keyMode }) => keyMode === undefined || keyMode === subject.keyMode)
      .filter((entry) => entry.model === undefined || entry.model === "*" || entry.model === model)
      .map((entry) => {
        const named = [entry.sessionType, entry.keyMode, entry.model === "*" ? undefined : entry.model];
        return { entry, score: named.filter((selector) => selector !== undefined).length };
      })
      .sort((a, b) => b.score - a.score);
  return (scored(own)[0] ?? scored(everyone)[0])?.entry;
}

/** Credits of each line, exact; null when one has no price. */
function oracle(subject: PricedSubject, lists: PriceLists, usage: Usage): Fraction[] | null {
  const lines: Fraction[] = [];
  for (const [component, modelOf] of COMPONENTS[subject.architecture]) {
    if (!isCharged(component, subject)) continue;
    const entry = chosen(subject, component, modelOf(subject), lists);
    if (entry === undefined) return null;
    const { durationMs, messages, units } = usage;
    const quantity: Record<Architecture, Fraction> = {
      pipeline: [durationMs, 60_000n],
      realtime: [durationMs, 60_000n],
      text: [messages, 1n],
      api: [units, 1n],
    };
    const [count, per] = quantity[subject.architecture];
    lines.push([entry.rate * count, 10n ** 10n * per]);
  }
  return lines;
}

const models = fc.constantFrom("a", "b", "c");
const sessionTypes = fc.constantFrom("webcall" as const, "telephony" as const);
const keyModes = fc.constantFrom("platform_keys" as const, "own_keys" as const);

const subjects: fc.Arbitrary<PricedSubject> = fc.record({
  architecture: fc.constantFrom("pipeline" as const, "realtime" as const, "text" as const, "api" as const),
  sessionType: sessionTypes,
  keyMode: keyModes,
  llmModel: models,
  sttProvider: models,
  ttsProvider: models,
  realtimeModel: fc.option(models),
});

const UNITS = { pipeline: "minute", realtime: "minute", text: "message", api: "unit" } as const;
const places = fc.constantFrom(
  ...(["pipeline", "realtime", "text", "api"] as const).flatMap((architecture) =>
    COMPONENTS[architecture].map(([component]) => ({ architecture, component, unit: UNITS[architecture] })),
  ),
);
// Odd rates to the tenth decimal: nothing comes out even.
const rates = fc.bigInt({ min: 0n, max: 30_000_000_000n }).map(rate);

const entries: fc.Arbitrary<PriceEntry> = fc
  .tuple(
    places,
    rates,
    fc.record(
      { sessionType: sessionTypes, keyMode: keyModes, model: fc.oneof(models, fc.constant("*")) },
      { requiredKeys: [] },
    ),
  )
  .map(([place, value, selectors]) => ({ ...place, rate: value, ...selectors }));

const lists: fc.Arbitrary<PriceLists> = fc.record({
  own: fc.array(entries, { maxLength: 6 }),
  everyone: fc.array(entries, { minLength: 10, maxLength: 40 }),
});

const count = fc.bigInt({ min: 0n, max: 10_000_000n });
const usages: fc.Arbitrary<Usage> = fc.record({ durationMs: count, messages: count, units: count });

test("any usage costs, by any prices, what fractions come to: once rounded, and with lines that add up", () => {
  fc.assert(
    fc.property(subjects, lists, usages, (subject, prices, usage) => {
      const exact = oracle(subject, prices, usage);
      const applied = ratesFor(subject, prices);
      expect(applied === null).toBe(exact === null);
      if (applied === null || exact === null) return;
      const { total, lines } = rateUsage(usage, applied);
      expect(total).toBe(halfUp(exact.reduce(plus, [0n, 1n])));
      expect(costOf(usage, applied)).toBe(total);
      expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(total);
      for (const [index, { amount, quantity }] of lines.entries()) {
        const [numerator, denominator] = exact[index] ?? [0n, 1n];
        const floor = (10_000n * numerator) / denominator;
        expect(amount === floor || amount === floor + 1n).toBe(true);
        expect(quantity).toBe(usage[measureOf(subject.architecture)]);
      }
    }),
    { numRuns: 500 },
  );
});

test("a cost never falls as usage rises, by the millisecond, and each step costs the same", () => {
  fc.assert(
    fc.property(subjects, lists, usages, (subject, prices, usage) => {
      const applied = ratesFor(subject, prices);
      if (applied === null) return;
      const more = { ...usage, [applied.measure]: usage[applied.measure] + 1n };
      const step = exactPerStep(applied);
      expect(costOf(more, applied) >= costOf(usage, applied)).toBe(true);
      const all = { ...usage, [applied.measure]: 60_000_000_000n };
      expect(costOf(all, applied)).toBe(step);
    }),
  );
});
