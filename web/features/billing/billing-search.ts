import type { HistoryQuery, HistoryType } from "../../api/queries.ts";

export const PAGE_SIZES = [10, 25, 50, 100] as const;
const PAGE_SIZE_DEFAULT = 50;

/** What of the billing page lives in its URL. Defaults are left out, so that the plain page has the plain address. */
export interface BillingSearch {
  type?: Exclude<HistoryType, "all"> | undefined;
  limit?: number | undefined;
  page?: number | undefined;
  /** The transaction whose panel is open. */
  transaction?: string | undefined;
  /** The checkout the browser comes back from. */
  checkout?: string | undefined;
  /** Whether the dialog to buy credits is open; a variant is the package it opens with. */
  add?: true | string | undefined;
  /** The organization a mail's link is about. */
  organization?: string | undefined;
}

/** Reads the URL; what is not valid counts as absent. */
export function parseBillingSearch(search: Record<string, unknown>): BillingSearch {
  const type = search.type === "topup" || search.type === "consumption" ? search.type : undefined;
  const limit = PAGE_SIZES.find((size) => size === Number(search.limit));
  const page = Number(search.page);
  return {
    type,
    limit: limit === PAGE_SIZE_DEFAULT ? undefined : limit,
    page: Number.isSafeInteger(page) && page > 1 ? page : undefined,
    transaction: textOf(search.transaction),
    checkout: textOf(search.checkout),
    add: search.add === true || textOf(search.add),
    organization: textOf(search.organization),
  };
}

/** The history page that a URL asks for. */
export function historyQueryOf({ type, limit, page }: BillingSearch): HistoryQuery {
  return { type: type ?? "all", limit: limit ?? PAGE_SIZE_DEFAULT, page: page ?? 1 };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
