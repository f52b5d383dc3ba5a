import type { Architecture, Component, PriceEntry, PriceLists } from "./price-book.ts";

/** What an entry is looked up for. Null or absent: nothing that a selector could name. */
export type Lookup = {
  readonly component: Component;
  readonly architecture: Architecture;
  readonly sessionType: string | null;
  readonly keyMode: string | null;
  readonly model: string | null;
  /** Null or absent: any unit price, and so the first one of the list. */
  readonly unitPriceId?: string | null;
};

/** The entry that prices a lookup: of the organization's own list, else of everyone's, the one with the most matching
 *  selectors. Null when none matches. Source: docs/decisions/0004-pricing.md */
export function chooseEntry(lookup: Lookup, { own, everyone }: PriceLists): PriceEntry | null {
  return mostSpecific(lookup, own) ?? mostSpecific(lookup, everyone);
}

/** Number of an entry's selectors that match, or -1 when the entry is not for this lookup. */
export function matchScore(entry: PriceEntry, lookup: Lookup): number {
  if (entry.component !== lookup.component || entry.architecture !== lookup.architecture) return -1;
  const selectors: [wanted: string | undefined, actual: string | null][] = [
    [entry.sessionType, lookup.sessionType],
    [entry.keyMode, lookup.keyMode],
    [entry.model === "*" ? undefined : entry.model, lookup.model],
    // An event that names no unit price takes the first one of the list.
    [entry.unitPriceId, lookup.unitPriceId ?? entry.unitPriceId ?? null],
  ];
  let score = 0;
  for (const [wanted, actual] of selectors) {
    if (wanted === undefined) continue;
    if (wanted !== actual) return -1;
    score += 1;
  }
  return score;
}

function mostSpecific(lookup: Lookup, entries: readonly PriceEntry[]): PriceEntry | null {
  let best: PriceEntry | null = null;
  let bestScore = -1;
  for (const entry of entries) {
    const score = matchScore(entry, lookup);
    if (score > bestScore) {
      best = entry;
      bestScore = score;
    }
  }
  return best;
}
