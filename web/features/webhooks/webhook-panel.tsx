import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import type { Webhook } from "../../api/openapi.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { SidePanel } from "../../ui/side-panel.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { EditWebhookDialog } from "./edit-webhook-dialog.tsx";
import { RotateSecretDialog } from "./rotate-secret-dialog.tsx";
import { WebhookDeliveries } from "./webhook-deliveries.tsx";
import { webhookState } from "./webhook-words.ts";
import { MANAGERS_ONLY, useChangeWebhook, useRemoveWebhook, useSend } from "./webhooks-data.ts";

/** One webhook: what it is told, its secret, and its recent deliveries. */
export function WebhookPanel({ webhook, onClose }: { webhook: Webhook; onClose(): void }) {
  const { role } = useOrganization();
  const { word, tone, text } = webhookState(webhook);
  const mayManage = role !== "member";
  return (
    <SidePanel
      title="Webhook"
      badges={
        <Badge tone={tone} dot={word === "On"}>
          {word}
        </Badge>
      }
      subtitle={<span className="break-all">{webhook.url}</span>}
      onClose={onClose}
    >
      <div className="flex flex-col gap-6">
        {text && (
          <Notice tone="warning" urgent={false}>
            {text}
          </Notice>
        )}
        <Actions webhook={webhook} reason={mayManage ? null : MANAGERS_ONLY} onRemoved={onClose} />
        <Facts webhook={webhook} />
        {mayManage ? (
          <WebhookDeliveries webhook={webhook} />
        ) : (
          <p className="text-ink-2">Deliveries carry what was sent, so only the Owner and Admins see them.</p>
        )}
      </div>
    </SidePanel>
  );
}

type Open = "edit" | "rotate" | "remove" | null;

interface ActionsProps {
  webhook: Webhook;
  reason: string | null;
  onRemoved(): void;
}

function Actions({ webhook, reason, onRemoved }: ActionsProps) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const changing = useChangeWebhook(webhook, () => {});
  const sending = useSend(webhook);
  const blocked = { size: "small", blockedReason: reason } as const;
  return (
    <div className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
      <Button
        {...blocked}
        blockedReason={reason ?? (webhook.enabled ? null : "Turn it on first.")}
        busy={sending.isPending}
        onClick={() => sending.mutate(null)}
      >
        Send test
      </Button>
      <Button {...blocked} onClick={() => setOpen("edit")}>
        Edit
      </Button>
      <Button
        {...blocked}
        busy={changing.isPending}
        onClick={() => changing.mutate({ enabled: !webhook.enabled })}
      >
        {webhook.enabled ? "Turn off" : "Turn on"}
      </Button>
      <Button {...blocked} onClick={() => setOpen("rotate")}>
        New secret
      </Button>
      <Button {...blocked} look="danger" onClick={() => setOpen("remove")} className="max-sm:col-span-2">
        Remove
      </Button>
      {open === "edit" && <EditWebhookDialog webhook={webhook} onClose={close} />}
      {open === "rotate" && <RotateSecretDialog webhook={webhook} onClose={close} />}
      {open === "remove" && <RemoveDialog webhook={webhook} onRemoved={onRemoved} onClose={close} />}
    </div>
  );
}

interface RemoveDialogProps {
  webhook: Webhook;
  onRemoved(): void;
  onClose(): void;
}

function RemoveDialog({ webhook, onRemoved, onClose }: RemoveDialogProps) {
  const removing = useRemoveWebhook(webhook, onRemoved);
  return (
    <ConfirmDialog
      title="Remove this webhook?"
      text="It is told nothing more, and its delivery log goes with it. This can't be undone."
      action="Remove webhook"
      busy={removing.isPending}
      problem={removing.error?.message}
      onConfirm={() => removing.mutate()}
      onClose={onClose}
    />
  );
}

function Facts({ webhook }: { webhook: Webhook }) {
  const { events, created_at, failing_since, old_secret_until } = webhook;
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 rounded-xl border border-edge px-4 py-3">
      <dt className="text-ink-2">Events</dt>
      <dd className="flex flex-wrap gap-1.5">
        {events.map((event) => (
          <Badge key={event} tone="brand">
            {event}
          </Badge>
        ))}
      </dd>
      <dt className="text-ink-2">Added</dt>
      <dd>
        <TimeStamp instant={created_at} />
      </dd>
      {failing_since && (
        <>
          <dt className="text-ink-2">Failing since</dt>
          <dd>
            <TimeStamp instant={failing_since} />
          </dd>
        </>
      )}
      {old_secret_until && (
        <>
          <dt className="text-ink-2">Old secret</dt>
          <dd>
            good until <TimeStamp instant={old_secret_until} />
          </dd>
        </>
      )}
    </dl>
  );
}
