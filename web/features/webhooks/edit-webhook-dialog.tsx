import { type FormEvent, useId, useState } from "react";
import type { Webhook } from "../../api/openapi.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { sentence } from "./new-webhook-dialog.tsx";
import { parseWebhookForm, WebhookFields } from "./webhook-fields.tsx";
import { useChangeWebhook } from "./webhooks-data.ts";

/** Another address, or other events. */
export function EditWebhookDialog({ webhook, onClose }: { webhook: Webhook; onClose(): void }) {
  const formId = useId();
  const [problem, setProblem] = useState<string>();
  const changing = useChangeWebhook(webhook, onClose);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const filled = parseWebhookForm(new FormData(event.currentTarget));
    setProblem("problem" in filled ? filled.problem : undefined);
    if (!("problem" in filled)) changing.mutate(filled);
  };
  return (
    <Dialog
      title="Edit webhook"
      subtitle="What is under way still goes to where it was meant for."
      onClose={onClose}
      footer={
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="brand" busy={changing.isPending}>
            Save webhook
          </Button>
        </div>
      }
    >
      <form id={formId} noValidate onSubmit={submit}>
        <WebhookFields
          url={webhook.url}
          events={webhook.events}
          problem={problem ?? sentence(changing.error)}
        />
      </form>
    </Dialog>
  );
}
