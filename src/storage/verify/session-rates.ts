import { type PinnedPrices, type PriceBook, pinnedPrices } from "../../domain/pricing/price-book.ts";
import { type AppliedRates, type PricedSubject, ratesFor } from "../../domain/pricing/rate-usage.ts";

/** What a session is rated by. */
export type RatedBy = PricedSubject & PinnedPrices & { readonly organizationId: string };

/** Rates by the prices that a session was opened with; null where the book has no such version, or it is not this
 *  organization's, or it does not rate the session. */
export function ratesOf(prices: PriceBook, session: RatedBy): AppliedRates | null {
  const ownerOf = (version: number | null) =>
    prices.versions.find((candidate) => candidate.version === version)?.organizationId;
  if (ownerOf(session.priceVersion) !== null) return null;
  if (session.overrideVersion !== null && ownerOf(session.overrideVersion) !== session.organizationId)
    return null;
  return ratesFor(session, pinnedPrices(prices, session));
}

/** Remembers what `find` gave for a key: a few dozen kinds of sessions stand for millions. Bounded, whatever the keys. */
export function remember<Value>(find: () => Value, known: Map<string, Value>, key: string): Value {
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const found = find();
  if (known.size >= KINDS_MAX) known.clear();
  known.set(key, found);
  return found;
}

const KINDS_MAX = 10_000;
