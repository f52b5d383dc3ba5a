import { useMutation } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import type { Member } from "../../api/openapi.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { formatDay } from "../../ui/format-time.ts";
import { roleName } from "../../ui/role-name.ts";
import { Select } from "../../ui/select.tsx";
import { showToast } from "../../ui/toasts.tsx";
import { ASSIGNABLE_ROLES, type AssignableRole } from "./invite-form.tsx";
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
    <li className="flex items-center gap-x-6 gap-y-3 border-t border-hair px-5 py-3 max-md:flex-wrap max-md:px-4">
      <div className="flex min-w-0 flex-1 items-center gap-3 max-md:basis-full">
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
            {hasJoined(member) ? member.email : "Joins on signing up with this address"}
            {member.joined_at && ` · since ${formatDay(member.joined_at)}`}
          </div>
        </div>
      </div>
      <div className="flex items-center gap-2.5 max-md:w-full max-md:justify-between max-md:gap-2">
        <MemberRole {...props} />
        <MemberButtons {...props} />
      </div>
    </li>
  );
}

function hasJoined({ status }: Member): boolean {
  return status === "active";
}

function MemberRole({ member, onChanged }: MemberRowProps) {
  const { id, role } = useOrganization();
  const change = useMutation({
    mutationFn: (next: AssignableRole) =>
      call("PATCH /api/organizations/{id}/members/{user_id}", {
        path: { id, user_id: member.user_id },
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
    <Select<AssignableRole>
      label={`Role of ${member.name ?? member.email}`}
      value={member.role}
      options={ASSIGNABLE_ROLES}
      onChange={(next) => change.mutate(next)}
      className="w-28 max-md:flex-1"
    />
  );
}

function MemberButtons({ member, onIntent }: MemberRowProps) {
  const { role, user } = useOrganization();
  const mine = member.user_id === user.id;
  const who = member.name ?? member.email;
  return (
    <>
      {role === "owner" && !mine && hasJoined(member) && (
        <Button
          size="small"
          onClick={() => onIntent({ kind: "transfer", member })}
          aria-label={`Make ${who} the Owner`}
        >
          Make Owner
        </Button>
      )}
      {mine && (
        <Button
          size="small"
          look="danger"
          blockedReason={
            role === "owner" ? "An organization needs its Owner. Make somebody else Owner first." : null
          }
          onClick={() => onIntent({ kind: "leave", member })}
        >
          Leave
        </Button>
      )}
      {!mine && role !== "member" && member.role !== "owner" && (
        <Button
          size="small"
          look="danger"
          onClick={() => onIntent({ kind: "remove", member })}
          aria-label={`Remove ${who}`}
        >
          Remove
        </Button>
      )}
    </>
  );
}
