import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import type { ApiKey } from "../../api/openapi.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";

const SCOPES = [
  { scope: "charge", text: "Open, report and end sessions. For the voice runtime." },
  { scope: "read", text: "Read balance, history and sessions." },
  { scope: "admin", text: "Manage API keys and webhooks." },
] as const;

interface NewKeyDialogProps {
  onClose(): void;
  onCreated(): void;
}

/** Creates a key; the key itself is shown this once and never again. */
export function NewKeyDialog({ onClose, onCreated }: NewKeyDialogProps) {
  const { id } = useOrganization();
  const formId = useId();
  const creating = useMutation({
    mutationFn: (body: NewKey) => call("POST /api/organizations/{id}/api-keys", { path: { id }, body }),
    onSuccess: onCreated,
  });
  const created = creating.data?.api_key;
  return (
    <Dialog
      title={created ? "Your new key" : "New API key"}
      subtitle={
        created ? "Copy it now: it is not shown again." : "It acts for this organization, within its scopes."
      }
      onClose={onClose}
      footer={
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>{created ? "Done" : "Cancel"}</Button>
          {!created && (
            <Button type="submit" form={formId} look="brand" busy={creating.isPending}>
              Create key
            </Button>
          )}
        </div>
      }
    >
      {created ? (
        <div className="flex items-center gap-2 rounded-xl border border-edge bg-subtle p-3">
          <code className="min-w-0 flex-1 font-mono text-[12px] break-all">{created.key}</code>
          <CopyButton text={created.key} label="Copy the key" look="button" />
        </div>
      ) : (
        <KeyForm id={formId} problem={creating.error?.message} onSubmit={(key) => creating.mutate(key)} />
      )}
    </Dialog>
  );
}

type NewKey = Pick<ApiKey, "name" | "scopes">;

interface KeyFormProps {
  id: string;
  problem: string | undefined;
  onSubmit(key: NewKey): void;
}

function KeyForm({ id, problem, onSubmit }: KeyFormProps) {
  const [missing, setMissing] = useState<string | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name")).trim();
    const chosen = form.getAll("scope");
    const scopes = SCOPES.map(({ scope }) => scope).filter((scope) => chosen.includes(scope));
    const lack =
      name === "" ? "Give the key a name." : scopes.length === 0 ? "Choose at least one scope." : null;
    setMissing(lack);
    if (lack === null) onSubmit({ name, scopes });
  };
  return (
    <form id={id} noValidate onSubmit={submit} className="flex flex-col gap-4">
      {(missing ?? problem) && <Notice tone="danger">{missing ?? problem}</Notice>}
      <Field
        label="Name"
        name="name"
        required
        maxLength={100}
        placeholder="voice-runtime"
        autoComplete="off"
      />
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-[13.5px] font-[550]">Scopes</legend>
        {SCOPES.map(({ scope, text }) => (
          <label key={scope} className="flex items-start gap-2.5 max-md:py-1.5">
            <input
              type="checkbox"
              name="scope"
              value={scope}
              defaultChecked={scope === "charge"}
              className="mt-0.5 size-4 shrink-0 accent-[var(--brand-solid)]"
            />
            <span>
              <span className="font-[550]">{scope}</span> <span className="text-ink-2">{text}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </form>
  );
}
