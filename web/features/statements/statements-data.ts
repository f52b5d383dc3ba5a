import { queryOptions } from "@tanstack/react-query";
import { call } from "../../api/call.ts";

export function statementsQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["statements", organizationId],
    queryFn: ({ signal }) =>
      call("GET /api/billing/statements", {
        query: { organization_id: organizationId, limit: "240" },
        signal,
      }).then((answer) => answer.data),
  });
}

export function statementQuery(organizationId: string, month: string) {
  return queryOptions({
    queryKey: ["statement", organizationId, month],
    queryFn: ({ signal }) =>
      call("GET /api/billing/statements/{month}", {
        path: { month },
        query: { organization_id: organizationId },
        signal,
      }).then((answer) => answer.data),
  });
}

/** Where a month's PDF comes from. */
export function statementPdf(organizationId: string, month: string): string {
  return `/api/billing/statements/${month}?${new URLSearchParams({ organization_id: organizationId, format: "pdf" })}`;
}

const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** `2026-11` in words: `November 2026`. */
export function monthName(month: string): string {
  const [year, number] = month.split("-");
  return `${MONTHS[Number(number) - 1] ?? number} ${year}`;
}
