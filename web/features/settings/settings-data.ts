import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import { ApiProblem } from "../../api/http.ts";
import type { Operations, OrganizationSettings } from "../../api/openapi.ts";
import { showToast } from "../../ui/toasts.tsx";

/** Why who is not the Owner can look at billing settings, but not change them. */
export const OWNER_ONLY = "Only the Owner changes billing settings.";

export function settingsQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["settings", organizationId],
    queryFn: ({ signal }) => readSettings(organizationId, signal),
  });
}

function readSettings(id: string, signal?: AbortSignal): Promise<OrganizationSettings> {
  return call("GET /api/organizations/{id}/settings", { path: { id }, ...(signal ? { signal } : {}) }).then(
    (answer) => answer.settings,
  );
}

type Change = Operations["PATCH /api/organizations/{id}/settings"]["body"];

/** Changes settings by what they are at that moment: a list is replaced as a whole, and may have changed since it was shown. */
export function useSettingsChange(done: (settings: OrganizationSettings) => void) {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (changeOf: (present: OrganizationSettings) => Change) => {
      const body = changeOf(await readSettings(id));
      return (await call("PATCH /api/organizations/{id}/settings", { path: { id }, body })).settings;
    },
    onSuccess: (settings) => {
      client.setQueryData(settingsQuery(id).queryKey, settings);
      void client.invalidateQueries({ queryKey: ["summary", id] });
      showToast({ title: "Settings saved" });
      done(settings);
    },
  });
}

/** What the service says about a refused form, with the field it is about. */
export function reasonOf(error: Error | null): string | undefined {
  const field = error instanceof ApiProblem ? error.fields[0] : undefined;
  return field ? `${field.path}: ${field.message}` : error?.message;
}
