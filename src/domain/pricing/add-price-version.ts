import { canonicalJson } from "../ledger/canonical-json.ts";
import { type PriceListProblem, priceListProblems } from "./check-price-list.ts";
import { type ExamplePrice, examplePrices, type RateChange, rateChanges } from "./compare-prices.ts";
import {
  newestVersion,
  type PriceBook,
  type PriceEntry,
  type PriceLists,
  type PriceVersion,
  pinnedPrices,
  pricesInForce,
} from "./price-book.ts";

/** Adds a version to the price book: a full list for everyone, or the entries that differ for one organization. An
 *  override without entries ends the one before it. Source: docs/decisions/0004-pricing.md */

/** A version comes into force no sooner than this after it was asked for: by then it is committed, so that nothing that
 *  starts at its date can have missed it. */
export const LEAD_MS = 1_000;

export type PriceVersionRequest = {
  readonly organizationId: string | null;
  /** Epoch ms; null: as soon as possible. */
  readonly effectiveFrom: number | null;
  readonly entries: readonly PriceEntry[];
};

export type PriceVersionAdded = {
  readonly kind: "added";
  readonly version: PriceVersion;
  /** True when the same version was there already, so that nothing is to be written. */
  readonly repeated: boolean;
  /** What it changes at its date, for its organization, or for those without an override. */
  readonly changes: readonly RateChange[];
  readonly examples: readonly ExamplePrice[];
};

export type PriceVersionRefused =
  | { readonly kind: "too_early"; readonly earliest: number }
  | { readonly kind: "date_taken"; readonly version: number }
  | { readonly kind: "wrong_prices"; readonly problems: readonly PriceListProblem[] };

/** Decides a version. The same list for the same date again: the version that is there. So is, without a date, the list
 *  that is in force by then: nothing would change, and a request whose answer was lost may be repeated.
 *  @param now epoch ms, the database's clock.
 *  Refuses too_early (in the past, or within the lead), date_taken, wrong_prices. */
export function decidePriceVersion(
  book: PriceBook,
  request: PriceVersionRequest,
  now: number,
): PriceVersionAdded | PriceVersionRefused {
  const { organizationId, entries } = request;
  const effectiveFrom = request.effectiveFrom ?? now + LEAD_MS;
  const inForce = versionInForce(book, organizationId, effectiveFrom);
  if (request.effectiveFrom === null && inForce !== null && sameEntries(inForce.entries, entries)) {
    const lists = listsAt(book, organizationId, effectiveFrom);
    return { kind: "added", version: inForce, repeated: true, ...difference(lists, lists) };
  }
  const atDate = book.versions.find(
    (version) => version.organizationId === organizationId && version.effectiveFrom === effectiveFrom,
  );
  if (atDate !== undefined) {
    return sameEntries(atDate.entries, entries)
      ? { kind: "added", version: atDate, repeated: true, ...effectOf(book, atDate) }
      : { kind: "date_taken", version: atDate.version };
  }
  if (effectiveFrom < now + LEAD_MS) return { kind: "too_early", earliest: now + LEAD_MS };
  const problems = priceListProblems(entries, organizationId === null ? "everyone" : "override");
  if (problems.length > 0) return { kind: "wrong_prices", problems };
  const version = { version: newestVersion(book) + 1, organizationId, effectiveFrom, entries };
  return { kind: "added", version, repeated: false, ...effectOf(book, version) };
}

/** What changes at a version's date: the lists just before it against those with it. */
function effectOf(book: PriceBook, version: PriceVersion): Pick<PriceVersionAdded, "changes" | "examples"> {
  const others = { versions: book.versions.filter((other) => other.version !== version.version) };
  const before = listsAt(others, version.organizationId, version.effectiveFrom);
  const after = listsAt(
    { versions: [...others.versions, version] },
    version.organizationId,
    version.effectiveFrom,
  );
  return difference(before, after);
}

function difference(before: PriceLists, after: PriceLists) {
  return { changes: rateChanges(before, after), examples: examplePrices(before, after) };
}

/** The version of exactly this organization, or of everyone, that is in force at a time. */
function versionInForce(book: PriceBook, organizationId: string | null, at: number): PriceVersion | null {
  const pinned = pricesInForce(book, organizationId, at);
  const number = organizationId === null ? pinned?.priceVersion : pinned?.overrideVersion;
  return book.versions.find(({ version }) => version === number) ?? null;
}

function listsAt(book: PriceBook, organizationId: string | null, at: number): PriceLists {
  const pinned = pricesInForce(book, organizationId, at);
  return pinned === null ? { own: [], everyone: [] } : pinnedPrices(book, pinned);
}

function sameEntries(some: readonly PriceEntry[], others: readonly PriceEntry[]): boolean {
  const textOf = (entries: readonly PriceEntry[]) =>
    canonicalJson(entries.map((entry) => ({ ...entry, rate: String(entry.rate) })));
  return textOf(some) === textOf(others);
}
