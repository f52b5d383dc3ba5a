import type { Credits } from "../money/credits.ts";
import type { Rate } from "../money/exact.ts";
import { chooseEntry, type Lookup } from "./choose-entry.ts";
import type { Component, PriceEntry, PriceLists } from "./price-book.ts";
import { NO_USAGE, type PricedSubject, ratesFor, rateUsage, type Usage } from "./rate-usage.ts";

/** What a change of prices comes to, for who is about to make it. */

/** Selectors that some entry names, and the rate that applies to them. Null: none does. */
export type RateChange = {
  readonly selectors: Omit<Lookup, "component"> & { readonly component: Component };
  readonly from: Rate | null;
  readonly to: Rate | null;
};

/** Every combination of selectors that the lists name and that is priced otherwise after the change. */
export function rateChanges(before: PriceLists, after: PriceLists): RateChange[] {
  const named = [before, after].flatMap(({ own, everyone }) => [...own, ...everyone]).map(selectorsOf);
  const distinct = new Map(named.map((selectors) => [JSON.stringify(selectors), selectors]));
  return [...distinct.values()].flatMap((selectors) => {
    const from = chooseEntry(selectors, before)?.rate ?? null;
    const to = chooseEntry(selectors, after)?.rate ?? null;
    return from === to ? [] : [{ selectors, from, to }];
  });
}

function selectorsOf(entry: PriceEntry): RateChange["selectors"] {
  return {
    component: entry.component,
    architecture: entry.architecture,
    sessionType: entry.sessionType ?? null,
    keyMode: entry.keyMode ?? null,
    model: entry.model ?? null,
    unitPriceId: entry.unitPriceId ?? null,
  };
}

/** What a typical use costs before and after. Null: it has no price. */
export type ExamplePrice = {
  readonly example: string;
  readonly before: Credits | null;
  readonly after: Credits | null;
};

export function examplePrices(before: PriceLists, after: PriceLists): ExamplePrice[] {
  return EXAMPLES.map(({ example, subject, usage }) => ({
    example,
    before: priceOf(subject, usage, before),
    after: priceOf(subject, usage, after),
  }));
}

function priceOf(subject: PricedSubject, usage: Partial<Usage>, lists: PriceLists): Credits | null {
  const rates = ratesFor(subject, lists);
  return rates === null ? null : rateUsage({ ...NO_USAGE, ...usage }, rates).total;
}

const CALL: PricedSubject = {
  architecture: "pipeline",
  sessionType: "webcall",
  keyMode: "platform_keys",
  llmModel: "gpt-4o-mini",
  sttProvider: "deepgram",
  ttsProvider: "cartesia",
  realtimeModel: null,
};

const EXAMPLES: readonly { example: string; subject: PricedSubject; usage: Partial<Usage> }[] = [
  { example: "3.5 min of pipeline, webcall", subject: CALL, usage: { durationMs: 210_000n } },
  {
    example: "3.5 min of pipeline, telephony",
    subject: { ...CALL, sessionType: "telephony" },
    usage: { durationMs: 210_000n },
  },
  {
    example: "3.5 min of pipeline, webcall with own keys",
    subject: { ...CALL, keyMode: "own_keys" },
    usage: { durationMs: 210_000n },
  },
  {
    example: "10 min of realtime, webcall",
    subject: { ...CALL, architecture: "realtime" },
    usage: { durationMs: 600_000n },
  },
  {
    example: "25 chat messages",
    subject: { ...CALL, architecture: "text", sessionType: "chat" },
    usage: { messages: 25n },
  },
  {
    example: "150 units of an API job",
    subject: { ...CALL, architecture: "api", sessionType: "api" },
    usage: { units: 150n },
  },
];
