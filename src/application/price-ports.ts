import type { PriceVersionAdded, PriceVersionRefused } from "../domain/pricing/add-price-version.ts";
import type { PriceBook, PriceVersion } from "../domain/pricing/price-book.ts";

/** What changing prices needs from storage. */
export type PriceVersionStore = {
  /** Decides on the price book as it is, at the database's time (epoch ms), and writes the version when `decide` says
   *  so, in one transaction: others who change prices wait. */
  change(
    decide: (book: PriceBook, now: number) => PriceVersionChange,
  ): Promise<PriceVersionChange["outcome"]>;
  /** Newest date first. @param organizationId only this organization's; null: every version. */
  list(
    organizationId: string | null,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly data: readonly RecordedPriceVersion[]; readonly total: number }>;
};

export type PriceVersionChange = {
  readonly outcome: PriceVersionAdded | PriceVersionRefused;
  /** Null: nothing is to be written. */
  readonly written: (PriceVersion & { readonly reason: string; readonly createdBy: string }) | null;
};

/** A version as it is kept. */
export type RecordedPriceVersion = PriceVersion & {
  /** Epoch ms; null: there is no later one yet. */
  readonly effectiveUntil: number | null;
  readonly isInForce: boolean;
  readonly reason: string | null;
  readonly createdBy: string;
  readonly createdAt: number;
};
