import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { request } from "../../api/http.ts";
import type { Role } from "../../api/records.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { InviteForm } from "./invite-form.tsx";
import { type Intent, MemberAction } from "./member-action.tsx";
import { MemberRow } from "./member-row.tsx";
import { NewOrganizationForm } from "./new-organization-form.tsx";

export interface Member {
  user_id: string | null;
  name: string | null;
  email: string;
  role: Role;
  status: string;
  joined_at: string | null;
}

/** Who belongs to the organization, and what each may do. */
export function OrganizationPage() {
  const organization = useOrganization();
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [intent, setIntent] = useState<Intent | null>(null);
  const key = ["members", organization.id];
  const members = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      request<{ data: Member[] }>(`/api/organizations/${organization.id}/members`, { signal }),
  });
  usePageTitle("Organization");
  const changed = () => {
    setIntent(null);
    void client.invalidateQueries({ queryKey: key });
    void client.invalidateQueries({ queryKey: ["me"] });
  };
  const openCreated = async (organizationId: string) => {
    await request("/api/auth/organization/set-active", { method: "POST", body: { organizationId } });
    await client.invalidateQueries({ queryKey: ["me"] });
    await navigate({ to: "/billing" });
  };
  const rows = members.data?.data ?? [];

  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Organization" subtitle={`Members and roles of ${organization.name}`} />
      <Card
        title="Members"
        subtitle="The Owner buys credits and changes settings. Admins manage members and keys. Everyone views."
      >
        {organization.role !== "member" && <InviteForm onInvited={changed} />}
        <ListState
          pending={members.isPending}
          failed={members.isError}
          empty={rows.length === 0}
          noun="members"
          emptyText="Nobody is here yet."
          onRetry={() => void members.refetch()}
        />
        <ul>
          {rows.map((member) => (
            <MemberRow
              key={member.user_id ?? member.email}
              member={member}
              onIntent={setIntent}
              onChanged={changed}
            />
          ))}
        </ul>
      </Card>
      {intent && <MemberAction intent={intent} onDone={changed} onClose={() => setIntent(null)} />}
      {search.new && (
        <Dialog
          title="New organization"
          subtitle="With its own balance, members and keys. You become its Owner."
          onClose={() => void navigate({ to: "/organization", search: {} })}
          footer={
            <div className="flex justify-end">
              <Button onClick={() => void navigate({ to: "/organization", search: {} })}>Cancel</Button>
            </div>
          }
        >
          <NewOrganizationForm onCreated={(id) => void openCreated(id)} />
        </Dialog>
      )}
    </div>
  );
}
