import { type FormEvent, useId, useState } from "react";
import { ApiProblem } from "../../api/http.ts";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { parseWebhookForm, WebhookFields } from "./webhook-fields.tsx";
import { useAddWebhook } from "./webhooks-data.ts";

/** Adds a webhook; its secret is shown this once and never again. */
export function NewWebhookDialog({ onClose }: { onClose(): void }) {
  const formId = useId();
  const [problem, setProblem] = useState<string>();
  const adding = useAddWebhook();
  const secret = adding.data?.webhook.secret;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const filled = parseWebhookForm(new FormData(event.currentTarget));
    setProblem("problem" in filled ? filled.problem : undefined);
    if (!("problem" in filled)) adding.mutate(filled);
  };
  return (
    <Dialog
      title={secret ? "The webhook's secret" : "New webhook"}
      subtitle={
        secret
          ? "Copy it now: it is not shown again. Your receiver verifies signatures with it."
          : "It is told of what happens from now on."
      }
      onClose={onClose}
      footer={
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>{secret ? "Done" : "Cancel"}</Button>
          {!secret && (
            <Button type="submit" form={formId} look="brand" busy={adding.isPending}>
              Add webhook
            </Button>
          )}
        </div>
      }
    >
      {secret ? (
        <Secret secret={secret} />
      ) : (
        <form id={formId} noValidate onSubmit={submit}>
          <WebhookFields url="" events={[]} problem={problem ?? sentence(adding.error)} />
        </form>
      )}
    </Dialog>
  );
}

/** A webhook's secret, to be copied. */
export function Secret({ secret }: { secret: string }) {
  return (
    <div className="flex items-center gap-2 rounded-xl border border-edge bg-subtle p-3">
      <code className="min-w-0 flex-1 font-mono text-[12px] break-all">{secret}</code>
      <CopyButton text={secret} label="Copy the secret" look="button" />
    </div>
  );
}

/** What the service says about a refused address, without the field's name: there is one. */
export function sentence(error: Error | null): string | undefined {
  return error instanceof ApiProblem ? (error.fields[0]?.message ?? error.message) : error?.message;
}
