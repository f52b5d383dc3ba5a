import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Answer, call } from "./call.ts";

/** While the live stream may be cut, nothing on the page is older than this. Hidden tabs do not ask. */
const REFRESH_MS = 30_000;

export type HistoryType = "all" | "topup" | "consumption";

export interface HistoryQuery {
  type: HistoryType;
  limit: number;
  page: number;
}

export type HistoryPage = Answer<"GET /api/billing/history">;

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => call("GET /api/me", { signal }),
  staleTime: 60_000,
});

export function summaryQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["summary", organizationId],
    queryFn: ({ signal }) => call("GET /api/billing/summary", { query: of(organizationId), signal }),
    refetchInterval: REFRESH_MS,
  });
}

export function historyQuery(organizationId: string, { type, limit, page }: HistoryQuery) {
  const query = {
    limit: String(limit),
    offset: String((page - 1) * limit),
    type,
    organization_id: organizationId,
  };
  return queryOptions({
    queryKey: ["history", organizationId, { type, limit, page }],
    queryFn: ({ signal }) => call("GET /api/billing/history", { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
}

/** Calls that run, and those whose runtime has fallen silent: these hold credits too. */
export function activeSessionsQuery(organizationId: string) {
  const query = { ...of(organizationId), status: "active,stale", limit: "100" };
  return queryOptions({
    queryKey: ["active-sessions", organizationId],
    queryFn: ({ signal }) => call("GET /api/billing/sessions", { query, signal }),
    refetchInterval: REFRESH_MS,
  });
}

export function transactionQuery(organizationId: string, id: string) {
  return queryOptions({
    queryKey: ["transaction", organizationId, id],
    queryFn: ({ signal }) =>
      call("GET /api/billing/transactions/{id}", { path: { id }, query: of(organizationId), signal }).then(
        (answer) => answer.data,
      ),
    staleTime: 300_000,
  });
}

/** A link to a purchase's receipt that is good now. Asked for anew well before the provider lets it end. */
export function receiptQuery(organizationId: string, transactionId: string) {
  const input = { path: { id: transactionId }, query: of(organizationId) };
  return queryOptions({
    queryKey: ["receipt", organizationId, transactionId],
    queryFn: ({ signal }) =>
      call("GET /api/billing/transactions/{id}/receipt", { ...input, signal }).then((answer) =>
        /^https?:\/\//i.test(answer.receipt_url) ? answer.receipt_url : "about:blank",
      ),
    staleTime: 300_000,
    retry: false,
  });
}

export function sessionQuery(organizationId: string, id: string) {
  return queryOptions({
    queryKey: ["session", organizationId, id],
    queryFn: ({ signal }) =>
      call("GET /api/billing/sessions/{id}", { path: { id }, query: of(organizationId), signal }).then(
        (answer) => answer.data,
      ),
  });
}

export function pricingQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["pricing", organizationId],
    queryFn: ({ signal }) => call("GET /api/billing/pricing", { query: of(organizationId), signal }),
    staleTime: 600_000,
  });
}

export function packagesQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["packages", organizationId],
    queryFn: ({ signal }) => call("GET /api/billing/packages", { query: of(organizationId), signal }),
    staleTime: 600_000,
  });
}

/** What a minute of the default voice call costs: the yardstick of "about 2 h of pipeline webcalls". */
export function defaultRateQuery(organizationId: string) {
  const body = { ...of(organizationId), architecture: "pipeline", duration_seconds: 60 } as const;
  return queryOptions({
    queryKey: ["default-rate", organizationId],
    queryFn: ({ signal }) =>
      call("POST /api/billing/quotes", { body, signal }).then((answer) => answer.rate_per_minute),
    staleTime: 600_000,
    retry: false,
  });
}

/** A checkout's state, asked every two seconds until it is no longer open. */
export function checkoutQuery(organizationId: string, checkoutId: string) {
  const input = { path: { id: checkoutId }, query: of(organizationId) };
  return queryOptions({
    queryKey: ["checkout", organizationId, checkoutId],
    queryFn: ({ signal }) => call("GET /api/billing/checkouts/{id}", { ...input, signal }),
    refetchInterval: (query) => (query.state.data?.status === "open" ? 2000 : false),
    retry: false,
  });
}

/** Names the organization: who belongs to several has another one active in another tab. */
function of(organizationId: string) {
  return { organization_id: organizationId };
}
