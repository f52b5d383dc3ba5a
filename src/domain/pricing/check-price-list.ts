import { chooseEntry, type Lookup, matchScore } from "./choose-entry.ts";
import type { Architecture, KeyMode, PriceEntry, RateUnit, SessionType } from "./price-book.ts";
import { componentsOf, measureOf } from "./rate-usage.ts";

/** What is wrong with a price list, and in which entry; null: in the list as a whole. */
export type PriceListProblem = { readonly entry: number | null; readonly problem: string };

/** What the product sells. Every combination needs a price for each of its components. Source: brief.md, Usage and price. */
export const SOLD: readonly {
  readonly architecture: Architecture;
  readonly sessionTypes: readonly SessionType[];
}[] = [
  { architecture: "pipeline", sessionTypes: ["webcall", "telephony"] },
  { architecture: "realtime", sessionTypes: ["webcall", "telephony"] },
  { architecture: "text", sessionTypes: ["chat"] },
  { architecture: "api", sessionTypes: ["api"] },
];
const KEY_MODES: readonly KeyMode[] = ["platform_keys", "own_keys"];

/** Checks a list before it becomes a version: each entry can apply, no two apply alike, and everyone's list leaves
 *  nothing that is sold without a price (an override may, since everyone's is behind it). */
export function priceListProblems(
  entries: readonly PriceEntry[],
  kind: "everyone" | "override",
): PriceListProblem[] {
  const problems = entries.flatMap((entry, index) =>
    entryProblems(entry).map((problem) => ({ entry: index, problem })),
  );
  if (problems.length > 0) return problems;
  const lookups = soldLookups(entries);
  return [
    ...unused(entries, lookups),
    ...ambiguous(entries, lookups),
    ...(kind === "everyone" ? missing(entries, lookups) : []),
  ];
}

const UNITS: Readonly<Record<ReturnType<typeof measureOf>, RateUnit>> = {
  durationMs: "minute",
  messages: "message",
  units: "unit",
};

/** What the rates of an architecture are per. */
export function rateUnitOf(architecture: Architecture): RateUnit {
  return UNITS[measureOf(architecture)];
}

function entryProblems(entry: PriceEntry): string[] {
  const unit = rateUnitOf(entry.architecture);
  const isUnitPrice = entry.component === "unit";
  const problems: string[] = [];
  if (entry.rate < 0n) problems.push("its rate is negative");
  if (entry.unit !== unit)
    problems.push(`${entry.architecture} is priced per ${unit}, not per ${entry.unit}`);
  if (isUnitPrice !== (entry.unitPriceId !== undefined))
    problems.push(isUnitPrice ? "a unit price has a unit_price_id" : "only a unit price has a unit_price_id");
  if (entry.unitName !== undefined && !isUnitPrice) problems.push("only a unit price has a unit_name");
  return problems;
}

/** Everything that is sold, for each model and unit price that the entries name, and for one that none of them does. */
function soldLookups(entries: readonly PriceEntry[]): Lookup[] {
  return SOLD.flatMap(({ architecture, sessionTypes }) =>
    sessionTypes.flatMap((sessionType) =>
      KEY_MODES.flatMap((keyMode) => {
        const models = { llmModel: "", sttProvider: "", ttsProvider: "", realtimeModel: "" };
        return componentsOf({ architecture, sessionType, keyMode, ...models }).flatMap(
          ({ component, model }) => {
            const lookup = { component, architecture, sessionType, keyMode, model };
            const named = entries.filter(
              (entry) => entry.component === component && entry.architecture === architecture,
            );
            return [
              lookup,
              ...(model === null ? [] : named.map((entry) => ({ ...lookup, model: entry.model ?? model }))),
              ...named.flatMap(({ unitPriceId }) => (unitPriceId ? [{ ...lookup, unitPriceId }] : [])),
            ];
          },
        );
      }),
    ),
  );
}

function unused(entries: readonly PriceEntry[], lookups: readonly Lookup[]): PriceListProblem[] {
  return entries.flatMap((entry, index) =>
    lookups.some((lookup) => matchScore(entry, lookup) >= 0)
      ? []
      : [{ entry: index, problem: "matches nothing that is sold, so it would never apply" }],
  );
}

/** Two entries with equally many matching selectors: which one wins would depend on their order. */
function ambiguous(entries: readonly PriceEntry[], lookups: readonly Lookup[]): PriceListProblem[] {
  const problems = new Map<number, string>();
  for (const lookup of lookups) {
    // Of unit prices that are not named the first one applies; that is no accident.
    if (lookup.component === "unit" && lookup.unitPriceId === undefined) continue;
    const scores = entries.map((entry) => matchScore(entry, lookup));
    const best = Math.max(...scores);
    const first = scores.indexOf(best);
    const second = scores.indexOf(best, first + 1);
    if (best >= 0 && second >= 0)
      problems.set(second, `overlaps entry ${first}: both apply to ${described(lookup)}`);
  }
  return [...problems].map(([entry, problem]) => ({ entry, problem }));
}

function missing(entries: readonly PriceEntry[], lookups: readonly Lookup[]): PriceListProblem[] {
  const gaps = lookups.filter((lookup) => chooseEntry(lookup, { own: [], everyone: entries }) === null);
  return [...new Set(gaps.map(described))].map((gap) => ({ entry: null, problem: `no price for ${gap}` }));
}

function described({ component, architecture, sessionType, keyMode, model, unitPriceId }: Lookup): string {
  const named = model || unitPriceId;
  return [`${component} of ${architecture}`, sessionType, keyMode, ...(named ? [named] : [])].join(", ");
}
