import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PIPELINE } from "../charging/world.fixture.ts";
import { formatCredits } from "../money/credits.ts";
import { rate } from "../money/exact.ts";
import {
  FIRST_PRICES,
  type PriceBook,
  type PriceEntry,
  type PriceVersion,
  pinnedPrices,
  pricesInForce,
} from "./price-book.ts";
import { costOf, NO_USAGE, type PricedSubject, ratesFor, rateUsage, type Usage } from "./rate-usage.ts";

const REALTIME: PricedSubject = { ...PIPELINE, architecture: "realtime" };
const TEXT: PricedSubject = { ...PIPELINE, architecture: "text", sessionType: "chat" };
const API: PricedSubject = { ...PIPELINE, architecture: "api", sessionType: "api" };

function ratedBy(entries: readonly PriceEntry[], subject: PricedSubject, usage: Partial<Usage>) {
  const rates = ratesFor(subject, { own: [], everyone: entries });
  if (rates === null) return null;
  const { total, lines } = rateUsage({ ...NO_USAGE, ...usage }, rates);
  return {
    total: formatCredits(total, 4),
    lines: lines.map(({ amount }) => formatCredits(amount, 4)),
    rates,
  };
}

const minutes = (count: number) => ({ durationMs: BigInt(count * 60_000) });

describe("the first prices", () => {
  test.each<[what: string, subject: PricedSubject, usage: Partial<Usage>, total: string, lines: string[]]>([
    ["3.5 min of pipeline", PIPELINE, minutes(3.5), "0.2555", ["0.1750", "0.0525", "0.0105", "0.0175"]],
    [
      "pipeline by telephone",
      { ...PIPELINE, sessionType: "telephony" },
      minutes(1),
      "0.1230",
      ["0.1000", "0.0150", "0.0030", "0.0050"],
    ],
    ["pipeline with own keys", { ...PIPELINE, keyMode: "own_keys" }, minutes(1), "0.0200", ["0.0200"]],
    [
      "telephony with own keys",
      { ...PIPELINE, keyMode: "own_keys", sessionType: "telephony" },
      minutes(1),
      "0.0500",
      ["0.0500"],
    ],
    [
      "gemini-flash",
      { ...PIPELINE, llmModel: "gemini-flash" },
      minutes(1),
      "0.0680",
      ["0.0500", "0.0100", "0.0030", "0.0050"],
    ],
    ["realtime", REALTIME, minutes(10), "1.1000", ["0.5000", "0.6000"]],
    ["25 messages", TEXT, { messages: 25n }, "0.0250", ["0.0250"]],
    ["text with own keys", { ...TEXT, keyMode: "own_keys" }, { messages: 25n }, "0.0000", []],
    ["150 contacts", { ...API, unitPriceId: "contact" }, { units: 150n }, "1.5000", ["1.5000"]],
    ["a millisecond", PIPELINE, { durationMs: 1n }, "0.0000", ["0.0000", "0.0000", "0.0000", "0.0000"]],
    [
      "messages of a voice call",
      PIPELINE,
      { messages: 9n },
      "0.0000",
      ["0.0000", "0.0000", "0.0000", "0.0000"],
    ],
  ])("charge %s", (_what, subject, usage, total, lines) => {
    expect(ratedBy(FIRST_PRICES, subject, usage)).toMatchObject({ total, lines });
  });

  test("give a model without a rate its component's default, and say so", () => {
    const known = ratedBy(FIRST_PRICES, PIPELINE, minutes(1));
    const unknown = ratedBy(FIRST_PRICES, { ...PIPELINE, llmModel: "new-model" }, minutes(1));
    expect(unknown?.total).toBe(known?.total);
    expect([known?.rates.usedDefault, unknown?.rates.usedDefault]).toEqual([false, true]);
  });

  test("charge text the same for every model, which is no default", () => {
    expect(ratedBy(FIRST_PRICES, { ...TEXT, llmModel: "any" }, {})?.rates.usedDefault).toBe(false);
  });

  test("have no rate for a unit that they do not name", () => {
    expect(ratedBy(FIRST_PRICES, { ...API, unitPriceId: "pigeon" }, {})).toBeNull();
  });
});

test("the total alone is the total of the lines, for any rates and usage", () => {
  const rates = fc.array(fc.bigInt({ min: 0n, max: 10n ** 11n }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rates, fc.bigInt({ min: 0n, max: 10n ** 9n }), (values, durationMs) => {
      const applied = {
        measure: "durationMs" as const,
        usedDefault: false,
        rates: values.map((value) => ({
          component: "base" as const,
          unit: "minute" as const,
          unitName: "minute",
          rate: rate(value),
          model: null,
        })),
      };
      const usage = { ...NO_USAGE, durationMs };
      const { total, lines } = rateUsage(usage, applied);
      expect(costOf(usage, applied)).toBe(total);
      expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(total);
    }),
  );
});

describe("the price book", () => {
  const version = (
    number: number,
    effectiveFrom: number,
    organizationId: string | null = null,
  ): PriceVersion => ({
    version: number,
    organizationId,
    effectiveFrom,
    entries: [{ component: "base", unit: "minute", architecture: "pipeline", rate: rate(BigInt(number)) }],
  });
  const book: PriceBook = {
    versions: [version(1, 100), version(2, 200), version(3, 150, "org_a"), version(4, 200), version(5, 300)],
  };

  test.each<[now: number, organization: string, pinned: ReturnType<typeof pricesInForce>]>([
    [99, "org_a", null],
    [100, "org_a", { priceVersion: 1, overrideVersion: null }],
    [149, "org_a", { priceVersion: 1, overrideVersion: null }],
    [150, "org_a", { priceVersion: 1, overrideVersion: 3 }],
    [199, "org_b", { priceVersion: 1, overrideVersion: null }],
    [200, "org_b", { priceVersion: 4, overrideVersion: null }],
    [299, "org_a", { priceVersion: 4, overrideVersion: 3 }],
    [300, "org_a", { priceVersion: 5, overrideVersion: 3 }],
  ])("at %d has in force for %s: %j", (now, organization, pinned) => {
    expect(pricesInForce(book, organization, now)).toEqual(pinned);
  });

  test("lets an organization's own entry win over everyone's more specific one", () => {
    const own: PriceEntry = { component: "llm", unit: "minute", architecture: "pipeline", rate: rate(7n) };
    const rates = ratesFor(PIPELINE, { own: [own], everyone: FIRST_PRICES });
    expect(rates?.rates.map(({ component, rate }) => [component, rate])).toEqual([
      ["base", 500_000_000n],
      ["llm", 7n],
      ["stt", 30_000_000n],
      ["tts", 50_000_000n],
    ]);
    const other = { ...PIPELINE, architecture: "text" as const };
    expect(ratesFor(other, { own: [own], everyone: FIRST_PRICES })?.rates[0]?.rate).toBe(10_000_000n);
  });

  test("lets the more specific of an organization's own entries win", () => {
    const entry = (value: bigint, selectors: Partial<PriceEntry>): PriceEntry => ({
      component: "llm",
      unit: "minute",
      architecture: "pipeline",
      rate: rate(value),
      ...selectors,
    });
    const own = [entry(7n, {}), entry(8n, { model: "gpt-4o-mini" }), entry(9n, { model: "other" })];
    expect(ratesFor(PIPELINE, { own, everyone: FIRST_PRICES })?.rates[1]?.rate).toBe(8n);
  });

  test("rates with the override first, and a session by the versions it pinned", () => {
    const rateOf = (pinned: { priceVersion: number; overrideVersion: number | null }) =>
      ratesFor({ ...PIPELINE, keyMode: "own_keys" }, pinnedPrices(book, pinned))?.rates[0]?.rate;
    expect(rateOf({ priceVersion: 5, overrideVersion: 3 })).toBe(3n);
    expect(rateOf({ priceVersion: 1, overrideVersion: null })).toBe(1n);
  });
});
