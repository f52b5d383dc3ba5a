import { queryOptions } from "@tanstack/react-query";
import { call } from "./call.ts";

export function apiKeysQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["api-keys", organizationId],
    queryFn: ({ signal }) =>
      call("GET /api/organizations/{id}/api-keys", { path: { id: organizationId }, signal }).then(
        (answer) => answer.data,
      ),
  });
}

export function membersQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["members", organizationId],
    queryFn: ({ signal }) =>
      call("GET /api/organizations/{id}/members", { path: { id: organizationId }, signal }).then(
        (answer) => answer.data,
      ),
  });
}

export interface Agent {
  id: string;
  name: string;
}

/** The agents that used credits in the last 30 days, by name. */
export function agentsQuery(organizationId: string) {
  const query = { organization_id: organizationId, group_by: "agent", interval: "day" } as const;
  return queryOptions({
    queryKey: ["agents", organizationId],
    queryFn: async ({ signal }): Promise<Agent[]> => {
      const { data } = await call("GET /api/billing/usage", { query, signal });
      const names = new Map(data.map(({ group, name }) => [group, name ?? group]));
      return [...names]
        .map(([id, name]) => ({ id, name }))
        .sort((one, two) => one.name.localeCompare(two.name));
    },
    staleTime: 300_000,
  });
}
