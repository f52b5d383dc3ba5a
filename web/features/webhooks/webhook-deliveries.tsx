import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import type { Webhook, WebhookDelivery } from "../../api/openapi.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ListState } from "../../ui/list-state.tsx";
import { Select } from "../../ui/select.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { deliveryOutcome, deliveryState } from "./webhook-words.ts";
import { deliveriesQuery, deliveryQuery, useSend } from "./webhooks-data.ts";

const STATUSES = [
  { value: "all", text: "All" },
  { value: "delivered", text: "Delivered" },
  { value: "pending", text: "Pending" },
  { value: "failed", text: "Failed" },
] as const;

type StatusChoice = (typeof STATUSES)[number]["value"];

const STEP = 20;

/** What was sent lately and what came of it; each can be sent once more. */
export function WebhookDeliveries({ webhook }: { webhook: Webhook }) {
  const { id } = useOrganization();
  const [choice, setChoice] = useState<StatusChoice>("all");
  const [limit, setLimit] = useState(STEP);
  const status = choice === "all" ? undefined : choice;
  const deliveries = useQuery(deliveriesQuery(id, webhook.id, { status, limit }));
  const rows = deliveries.data?.data ?? [];
  const more = (deliveries.data?.total ?? 0) - rows.length;
  return (
    <section aria-labelledby="recent-deliveries">
      <div className="mb-2 flex items-center justify-between gap-3">
        <div>
          <h3 id="recent-deliveries" className="type-section text-brand">
            Recent deliveries
          </h3>
          <p className="type-caption text-ink-3">Kept for 30 days</p>
        </div>
        <Select<StatusChoice>
          label="Filter deliveries by status"
          value={choice}
          options={STATUSES}
          onChange={(next) => {
            setChoice(next);
            setLimit(STEP);
          }}
          className="w-32"
        />
      </div>
      <div className="overflow-hidden rounded-xl border border-edge [&>*:first-child]:border-t-0">
        <ListState
          pending={deliveries.isPending}
          failed={deliveries.isError && rows.length === 0}
          empty={rows.length === 0}
          noun="deliveries"
          emptyText={
            status ? "No deliveries are in this state." : "Nothing was sent yet. Send a test to try it."
          }
          onRetry={() => void deliveries.refetch()}
        />
        {rows.map((delivery) => (
          <DeliveryRow key={delivery.id} webhook={webhook} delivery={delivery} />
        ))}
      </div>
      {more > 0 && (
        <Button size="small" onClick={() => setLimit(limit + STEP)} className="mt-3 w-full">
          Show more
        </Button>
      )}
    </section>
  );
}

interface DeliveryProps {
  webhook: Webhook;
  delivery: WebhookDelivery;
}

function DeliveryRow({ webhook, delivery }: DeliveryProps) {
  const [isOpen, setOpen] = useState(false);
  const { word, tone } = deliveryState(delivery);
  return (
    <details className="border-t border-hair" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-12 cursor-pointer items-center gap-3 px-4 py-2 -outline-offset-2 hover:bg-hover">
        <span className="min-w-0 flex-1">
          <code className="block font-mono text-[12.5px]">{delivery.type}</code>
          <span className="type-caption text-ink-3">
            <TimeStamp instant={delivery.created_at} seconds plain />
          </span>
        </span>
        <Badge tone={tone}>{word}</Badge>
      </summary>
      {isOpen && <DeliveryDetail webhook={webhook} delivery={delivery} />}
    </details>
  );
}

function DeliveryDetail({ webhook, delivery }: DeliveryProps) {
  const { id } = useOrganization();
  const { data } = useQuery(deliveryQuery(id, webhook.id, delivery.id));
  const sending = useSend(webhook);
  return (
    <div className="flex flex-col gap-3 bg-subtle px-4 py-3">
      <p className="text-ink-2">
        {deliveryOutcome(delivery)}
        {delivery.next_attempt_at && delivery.attempts > 0 && (
          <>
            ; next <TimeStamp instant={delivery.next_attempt_at} seconds plain />
          </>
        )}
      </p>
      {data?.body && <Body title="Sent" text={pretty(data.body)} />}
      {data?.response_body && <Body title="Answer" text={data.response_body} />}
      <p className="flex flex-wrap items-center justify-between gap-2">
        <code className="font-mono text-[12px] break-all text-ink-3">{delivery.message_id}</code>
        <Button
          size="small"
          busy={sending.isPending}
          blockedReason={webhook.enabled ? null : "Turn the webhook on first."}
          onClick={() => sending.mutate(delivery.id)}
        >
          Send again
        </Button>
      </p>
    </div>
  );
}

function Body({ title, text }: { title: string; text: string }) {
  return (
    <figure>
      <figcaption className="type-caption mb-1 text-ink-3">{title}</figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys
        tabIndex={0}
        className="max-h-56 overflow-auto rounded-lg border border-edge bg-surface p-3 text-[12px] leading-[18px]"
      >
        {text}
      </pre>
    </figure>
  );
}

/** JSON set out over lines; what is none, as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
