import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { call } from "../../api/call.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";

/** Asks for a name and creates the organization; its welcome credit comes with it. */
export function NewOrganizationForm({ onCreated }: { onCreated(organizationId: string): void }) {
  const creating = useMutation({
    mutationFn: (name: string) => call("POST /api/organizations", { body: { name } }),
    onSuccess: ({ organization }) => onCreated(organization.id),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    creating.mutate(String(new FormData(event.currentTarget).get("name")).trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {creating.isError && <Notice tone="danger">{creating.error.message}</Notice>}
      <Field label="Organization name" name="name" required maxLength={100} autoComplete="organization" />
      <Button type="submit" look="brand" busy={creating.isPending}>
        Create organization
      </Button>
    </form>
  );
}
