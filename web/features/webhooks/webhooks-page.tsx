import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronRight, Plus } from "lucide-react";
import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import type { Webhook } from "../../api/openapi.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { NewWebhookDialog } from "./new-webhook-dialog.tsx";
import { WebhookPanel } from "./webhook-panel.tsx";
import { webhookState } from "./webhook-words.ts";
import { MANAGERS_ONLY, webhooksQuery } from "./webhooks-data.ts";

/** Where the organization's events are posted to, and what came of it. */
export function WebhooksPage() {
  const { id, role } = useOrganization();
  const navigate = useNavigate();
  const { webhook: openId } = useSearch({ strict: false });
  const [adding, setAdding] = useState(false);
  const webhooks = useQuery(webhooksQuery(id));
  usePageTitle("Webhooks");
  const rows = webhooks.data ?? [];
  const opened = rows.find((webhook) => webhook.id === openId);
  const open = (webhook?: string) =>
    void navigate({ to: "/settings/webhooks", search: webhook ? { webhook } : {}, resetScroll: false });
  return (
    <>
      <Card
        title="Webhooks"
        subtitle="Events are posted to these addresses, signed by the Standard Webhooks specification."
        actions={
          <Button
            icon={Plus}
            look="brand"
            blockedReason={role === "member" ? MANAGERS_ONLY : null}
            onClick={() => setAdding(true)}
            className="max-md:flex-1"
          >
            Add webhook
          </Button>
        }
      >
        <ListState
          pending={webhooks.isPending}
          failed={webhooks.isError && webhooks.data === undefined}
          empty={rows.length === 0}
          noun="webhooks"
          emptyText="No webhooks yet. Add one to have your systems told when credits run low or a call is settled."
          onRetry={() => void webhooks.refetch()}
        />
        <ul>
          {rows.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      </Card>
      {adding && <NewWebhookDialog onClose={() => setAdding(false)} />}
      {opened && <WebhookPanel key={opened.id} webhook={opened} onClose={() => open()} />}
    </>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const { word, tone, text } = webhookState(webhook);
  return (
    <li className="group relative flex min-h-[60px] items-center gap-4 border-t border-hair px-5 py-2.5 first:border-edge hover:bg-hover has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-focus max-md:px-4">
      <div className="min-w-0 flex-1">
        <Link
          to="/settings/webhooks"
          search={{ webhook: webhook.id }}
          resetScroll={false}
          className="font-[550] break-all outline-none after:absolute after:inset-0"
        >
          {webhook.url}
        </Link>
        <p className="type-caption text-ink-3">{text ?? webhook.events.join(", ")}</p>
      </div>
      <Badge tone={tone} dot={word === "On"}>
        {word}
      </Badge>
      <ChevronRight size={16} aria-hidden className="shrink-0 text-off group-hover:text-ink" />
    </li>
  );
}
