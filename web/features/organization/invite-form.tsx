import { useMutation } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import type { Role } from "../../api/records.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Select } from "../../ui/select.tsx";
import { showToast } from "../../ui/toasts.tsx";

export const ASSIGNABLE_ROLES = [
  { value: "member", text: "Member" },
  { value: "admin", text: "Admin" },
] as const satisfies { value: Role; text: string }[];

export type AssignableRole = (typeof ASSIGNABLE_ROLES)[number]["value"];

/** Adds a person by email: with an account at once, else as soon as they sign up. */
export function InviteForm({ onInvited }: { onInvited(): void }) {
  const { id, role: mine } = useOrganization();
  const blockedReason = mine === "member" ? "Only the Owner and Admins manage members." : null;
  const [role, setRole] = useState<AssignableRole>("member");
  const [email, setEmail] = useState("");
  const inviting = useMutation({
    mutationFn: () =>
      call("POST /api/organizations/{id}/members", { path: { id }, body: { email: email.trim(), role } }),
    onSuccess: ({ member }) => {
      showToast({
        title: member.status === "invited" ? "Invitation sent" : "Member added",
        detail: member.email,
      });
      setEmail("");
      onInvited();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (blockedReason === null) inviting.mutate();
  };
  return (
    <form
      onSubmit={submit}
      className="flex flex-col gap-3 border-t border-edge bg-subtle px-5 py-4 max-md:px-4"
    >
      <div className="flex items-end gap-2.5 max-md:flex-col max-md:items-stretch">
        <div className="flex-1">
          <Field
            label="Add a person by email"
            type="email"
            required
            readOnly={blockedReason !== null}
            autoComplete="off"
            placeholder="name@example.com"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </div>
        <Select<AssignableRole>
          label="Role"
          value={role}
          options={ASSIGNABLE_ROLES}
          onChange={setRole}
          className="w-32 pb-0.5 max-md:w-full max-md:pb-0"
        />
        <Button type="submit" icon={UserPlus} busy={inviting.isPending} blockedReason={blockedReason}>
          Add
        </Button>
      </div>
      {inviting.isError && <Notice tone="danger">{inviting.error.message}</Notice>}
    </form>
  );
}
