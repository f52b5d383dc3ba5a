import { useMutation } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import { request } from "../../api/http.ts";
import type { Member } from "../../api/openapi.ts";
import type { Role } from "../../api/records.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { formatDay } from "../../ui/format-time.ts";
import { roleName } from "../../ui/role-name.ts";
import { Select } from "../../ui/select.tsx";
import { showToast } from "../../ui/toasts.tsx";
import { ASSIGNABLE_ROLES } from "./invite-form.tsx";
import type { Intent } from "./member-action.tsx";

interface MemberRowProps {
  member: Member;
  onIntent(intent: Intent): void;
  onChanged(): void;
}

/** One member; the Owner's own role can only change by transferring the organization. */
export function MemberRow(props: MemberRowProps) {
  const { member } = props;
  const { user } = useOrganization();
  return (
    <li className="flex items-center gap-3 border-t border-hair px-5 py-3 max-md:flex-wrap max-md:px-4">
      <span className="inline-flex size-9 shrink-0 items-center justify-center rounded-full bg-selected font-semibold text-brand-strong">
        {(member.name ?? member.email).charAt(0).toUpperCase()}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2 font-[550]">
          <span className="truncate">{member.name ?? member.email}</span>
          {member.user_id === user.id && <span className="font-normal text-ink-3">(you)</span>}
          {!hasJoined(member) && <Badge tone="amber">Invited</Badge>}
        </div>
        <div className="type-caption truncate text-ink-3">
          {member.email}
          {member.joined_at && ` · since ${formatDay(member.joined_at)}`}
        </div>
      </div>
      <MemberRole {...props} />
      <MemberButtons {...props} />
    </li>
  );
}

function hasJoined({ status, user_id }: Member): boolean {
  return status === "active" && user_id !== null;
}

function MemberRole({ member, onChanged }: MemberRowProps) {
  const { id, role } = useOrganization();
  const change = useMutation({
    mutationFn: (next: Role) =>
      request(`/api/organizations/${id}/members/${member.user_id}`, {
        method: "PATCH",
        body: { role: next },
      }),
    onSuccess: () => {
      showToast({ title: "Role changed", detail: member.name ?? member.email });
      onChanged();
    },
    onError: (error) =>
      showToast({ title: "The role could not be changed", detail: error.message, tone: "danger" }),
  });
  if (role === "member" || member.role === "owner" || !hasJoined(member)) {
    return <Badge tone={member.role === "owner" ? "brand" : "gray"}>{roleName(member.role)}</Badge>;
  }
  return (
    <Select
      label={`Role of ${member.name ?? member.email}`}
      value={member.role}
      options={ASSIGNABLE_ROLES}
      onChange={(next) => change.mutate(next)}
      className="w-28"
    />
  );
}

function MemberButtons({ member, onIntent }: MemberRowProps) {
  const { role, user } = useOrganization();
  const mine = member.user_id === user.id;
  const removable = member.role !== "owner" && member.user_id !== null && (mine || role !== "member");
  return (
    <>
      {role === "owner" && !mine && hasJoined(member) && (
        <Button size="small" onClick={() => onIntent({ kind: "transfer", member })}>
          Make Owner
        </Button>
      )}
      {removable && (
        <Button
          size="small"
          look="danger"
          onClick={() => onIntent({ kind: mine ? "leave" : "remove", member })}
        >
          {mine ? "Leave" : "Remove"}
        </Button>
      )}
    </>
  );
}
