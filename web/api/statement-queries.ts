import { queryOptions } from "@tanstack/react-query";
import { call } from "./call.ts";

/** The months that have a statement, newest first. */
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
