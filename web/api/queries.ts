import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { request } from "./http.ts";
import type { CheckoutStatus, CreditPackage, List, Me, Session, Summary, Transaction } from "./records.ts";

/** While the live stream may be cut, nothing on the page is older than this. Hidden tabs do not ask. */
const REFRESH_MS = 30_000;

export type HistoryType = "all" | "topup" | "consumption";

export interface HistoryQuery {
  type: HistoryType;
  limit: number;
  page: number;
}

/** A page of history; `arrived` counts transactions that came in live since, where they do not belong on this page. */
export type HistoryPage = List<Transaction> & { arrived?: number };

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => request<Me>("/api/me", { signal }),
  staleTime: 60_000,
});

export function summaryQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["summary", organizationId],
    queryFn: ({ signal }) =>
      request<Summary>(`/api/billing/summary?organization_id=${organizationId}`, { signal }),
    refetchInterval: REFRESH_MS,
  });
}

export function historyQuery(organizationId: string, { type, limit, page }: HistoryQuery) {
  const search = new URLSearchParams({
    limit: String(limit),
    offset: String((page - 1) * limit),
    type,
    organization_id: organizationId,
  });
  return queryOptions({
    queryKey: ["history", organizationId, { type, limit, page }],
    queryFn: ({ signal }) => request<HistoryPage>(`/api/billing/history?${search}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}

export function activeSessionsQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["active-sessions", organizationId],
    queryFn: ({ signal }) =>
      request<List<Session>>(
        `/api/billing/sessions?status=active&limit=100&organization_id=${organizationId}`,
        { signal },
      ),
    refetchInterval: REFRESH_MS,
  });
}

export function transactionQuery(organizationId: string, id: string) {
  return queryOptions({
    queryKey: ["transaction", organizationId, id],
    queryFn: ({ signal }) =>
      request<{ data: Transaction }>(
        `/api/billing/transactions/${encodeURIComponent(id)}?organization_id=${organizationId}`,
        { signal },
      ).then((answer) => answer.data),
    staleTime: 300_000,
  });
}

/** A link to a purchase's receipt that is good now. Asked for anew well before the provider lets it end. */
export function receiptQuery(organizationId: string, transactionId: string) {
  return queryOptions({
    queryKey: ["receipt", organizationId, transactionId],
    queryFn: ({ signal }) =>
      request<{ receipt_url: string }>(
        `/api/billing/transactions/${encodeURIComponent(transactionId)}/receipt?organization_id=${organizationId}`,
        { signal },
      ).then((answer) => (/^https?:\/\//i.test(answer.receipt_url) ? answer.receipt_url : "about:blank")),
    staleTime: 300_000,
    retry: false,
  });
}

export function sessionQuery(organizationId: string, id: string) {
  return queryOptions({
    queryKey: ["session", organizationId, id],
    queryFn: ({ signal }) =>
      request<{ data: Session }>(
        `/api/billing/sessions/${encodeURIComponent(id)}?organization_id=${organizationId}`,
        {
          signal,
        },
      ).then((answer) => answer.data),
  });
}

export function pricingQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["pricing", organizationId],
    queryFn: ({ signal }) =>
      request<{ version: number | string; effective_from: string }>(
        `/api/billing/pricing?organization_id=${organizationId}`,
        { signal },
      ),
    staleTime: 600_000,
  });
}

export function packagesQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["packages", organizationId],
    queryFn: ({ signal }) =>
      request<{ data: CreditPackage[]; overlay_script_url?: string | null }>(
        `/api/billing/packages?organization_id=${organizationId}`,
        { signal },
      ),
    staleTime: 600_000,
  });
}

/** What a minute of the default voice call costs: the yardstick of "about 2 h of pipeline webcalls". */
export function defaultRateQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["default-rate", organizationId],
    queryFn: ({ signal }) =>
      request<{ rate_per_minute: number | null }>("/api/billing/quotes", {
        method: "POST",
        body: { organization_id: organizationId, architecture: "pipeline", duration_seconds: 60 },
        signal,
      }).then((answer) => answer.rate_per_minute ?? null),
    staleTime: 600_000,
    retry: false,
  });
}

/** A checkout's state, asked every two seconds until it is no longer open. */
export function checkoutQuery(organizationId: string, checkoutId: string) {
  return queryOptions({
    queryKey: ["checkout", organizationId, checkoutId],
    queryFn: ({ signal }) =>
      request<{ status: CheckoutStatus; transaction_id: string | null }>(
        `/api/billing/checkouts/${encodeURIComponent(checkoutId)}?organization_id=${organizationId}`,
        { signal },
      ),
    refetchInterval: (query) => (query.state.data?.status === "open" ? 2000 : false),
    retry: false,
  });
}
