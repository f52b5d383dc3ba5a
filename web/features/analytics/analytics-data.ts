import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import { addDays } from "../../ui/day-range.ts";
import type { Grouping } from "./analytics-search.ts";

/** What a period cost, day by day and group by group. */
export function usageQuery(
  organizationId: string,
  { from, to }: { from: string; to: string },
  group: Grouping,
) {
  const query = {
    organization_id: organizationId,
    from: `${from}T00:00:00.000Z`,
    to: `${addDays(to, 1)}T00:00:00.000Z`,
    interval: "day",
    group_by: group,
  } as const;
  return queryOptions({
    queryKey: ["usage", query],
    queryFn: ({ signal }) => call("GET /api/billing/usage", { query, signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}
