import { useMutation } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import type { Member } from "../../api/openapi.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { showToast } from "../../ui/toasts.tsx";

export interface Intent {
  kind: "remove" | "leave" | "transfer";
  member: Member;
}

interface MemberActionProps {
  intent: Intent;
  onDone(): void;
  onClose(): void;
}

/** Asks once more, then removes a member, leaves, or transfers the organization. */
export function MemberAction({ intent, onDone, onClose }: MemberActionProps) {
  const { id, name } = useOrganization();
  const { kind, member } = intent;
  const who = member.name ?? member.email;
  const words = wordsOf(kind, who, name);
  const doing = useMutation({
    mutationFn: (): Promise<object> =>
      kind === "transfer"
        ? call("POST /api/organizations/{id}/transfer-ownership", {
            path: { id },
            body: { user_id: member.user_id },
          })
        : call("DELETE /api/organizations/{id}/members/{user_id}", {
            path: { id, user_id: member.user_id },
          }),
    onSuccess: () => {
      showToast({ title: words.done });
      onDone();
    },
  });
  return (
    <ConfirmDialog
      title={words.title}
      text={words.text}
      action={words.action}
      busy={doing.isPending}
      problem={doing.error?.message}
      onConfirm={() => doing.mutate()}
      onClose={onClose}
    />
  );
}

function wordsOf(kind: Intent["kind"], who: string, organization: string) {
  switch (kind) {
    case "remove":
      return {
        title: `Remove ${who}?`,
        text: `${who} no longer sees the credits and calls of ${organization}.`,
        action: "Remove",
        done: "Member removed",
      };
    case "leave":
      return {
        title: `Leave ${organization}?`,
        text: "You no longer see its credits and calls until someone adds you again.",
        action: "Leave",
        done: "You left the organization",
      };
    case "transfer":
      return {
        title: `Make ${who} the Owner?`,
        text: `${organization} has exactly one Owner. You become an Admin and can no longer buy credits.`,
        action: "Transfer ownership",
        done: `${who} is the Owner now`,
      };
  }
}
