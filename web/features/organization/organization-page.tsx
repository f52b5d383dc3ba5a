import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import { membersQuery } from "../../api/organization-queries.ts";
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

/** Who belongs to the organization, and what each may do. */
export function OrganizationPage() {
  const { name } = useOrganization();
  const search = useSearch({ strict: false });
  const [intent, setIntent] = useState<Intent | null>(null);
  const { members, reread } = useMembers();
  usePageTitle("Organization");
  const changed = () => {
    setIntent(null);
    reread();
  };
  const rows = members.data ?? [];
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Organization" subtitle={`Members and roles of ${name}`} />
      <Card
        title="Members"
        subtitle="The Owner buys credits and changes settings. Admins manage members and keys. Everyone views."
      >
        <InviteForm onInvited={changed} />
        <ListState
          pending={members.isPending}
          failed={members.isError && members.data === undefined}
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
      {search.new && <NewOrganizationDialog />}
    </div>
  );
}

function useMembers() {
  const { id } = useOrganization();
  const client = useQueryClient();
  const members = useQuery(membersQuery(id));
  const reread = () => {
    void client.invalidateQueries({ queryKey: membersQuery(id).queryKey });
    void client.invalidateQueries({ queryKey: ["me"] });
  };
  return { members, reread };
}

function NewOrganizationDialog() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const close = () => void navigate({ to: "/organization", search: {} });
  const openCreated = async (organizationId: string) => {
    await call("POST /api/auth/organization/set-active", { body: { organizationId } });
    await client.invalidateQueries({ queryKey: ["me"] });
    await navigate({ to: "/billing" });
  };
  return (
    <Dialog
      title="New organization"
      subtitle="With its own balance, members and keys. You become its Owner."
      onClose={close}
      footer={
        <div className="flex justify-end">
          <Button onClick={close}>Cancel</Button>
        </div>
      }
    >
      <NewOrganizationForm onCreated={(id) => void openCreated(id)} />
    </Dialog>
  );
}
