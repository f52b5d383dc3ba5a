import type { Webhook } from "../../api/openapi.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Secret } from "./new-webhook-dialog.tsx";
import { useRotateSecret } from "./webhooks-data.ts";

/** Gives a webhook a new secret, shown this once. */
export function RotateSecretDialog({ webhook, onClose }: { webhook: Webhook; onClose(): void }) {
  const rotating = useRotateSecret(webhook);
  const secret = rotating.data?.webhook.secret;
  if (secret === undefined) {
    return (
      <ConfirmDialog
        title="Give this webhook a new secret?"
        text="For a day everything sent carries both signatures, so that you can change over without losing an event."
        action="New secret"
        busy={rotating.isPending}
        problem={rotating.error?.message}
        onConfirm={() => rotating.mutate()}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog
      title="The new secret"
      subtitle="Copy it now: it is not shown again. The old one is good for a day."
      onClose={onClose}
      footer={
        <div className="flex justify-end">
          <Button onClick={onClose}>Done</Button>
        </div>
      }
    >
      <Secret secret={secret} />
    </Dialog>
  );
}
