import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { call } from "../api/call.ts";
import { meQuery } from "../api/queries.ts";
import type { Me } from "../api/records.ts";
import { showToast } from "../ui/toasts.tsx";

/** The links of mails name their organization: it becomes the active one before anything is shown, so that nobody buys
 *  credits for another. True while that goes on. An organization that is not theirs is left out of account. */
export function useLinkedOrganization(me: Me | undefined): boolean {
  const { organization: linked } = useSearch({ strict: false });
  const client = useQueryClient();
  const navigate = useNavigate();
  useEffect(() => {
    if (linked === undefined || me === undefined) return;
    const change = async () => {
      if (linked === me.active_organization_id || !me.organizations.some(({ id }) => id === linked)) return;
      await call("POST /api/auth/organization/set-active", { body: { organizationId: linked } });
      client.setQueryData(meQuery.queryKey, { ...me, active_organization_id: linked });
    };
    change()
      .catch(() => showToast({ title: "The organization could not be changed", tone: "danger" }))
      .finally(() => navigate({ to: ".", search: withoutOrganization, replace: true }));
  }, [linked, me, client, navigate]);
  return linked !== undefined;
}

function withoutOrganization(search: object): object {
  return { ...search, organization: undefined };
}
