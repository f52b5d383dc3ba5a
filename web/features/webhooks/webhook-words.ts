import type { Webhook, WebhookDelivery } from "../../api/openapi.ts";
import type { BadgeTone } from "../../ui/badge.tsx";

export type WebhookEvent = Webhook["events"][number];

/** Every event with what it tells. */
export const EVENTS: readonly { event: WebhookEvent; text: string }[] = [
  { event: "credit.added", text: "Credits came in: a top-up, a grant, a refund of usage" },
  { event: "credit.low", text: "The balance fell below the low threshold" },
  { event: "credit.depleted", text: "The balance reached zero: new calls are refused" },
  { event: "credit.critical", text: "80 % of the grace is used" },
  { event: "credit.recovered", text: "The balance is above the low threshold again" },
  { event: "session.reauthorize", text: "Credits came in for a call on its final grant" },
  { event: "session.terminate", text: "A call's final grant is used up: hang up" },
  { event: "session.settled", text: "A call ended and its cost is posted" },
];

/** How a webhook's state is shown, and in one sentence what it means. */
export function webhookState({ disabled_reason, failing_since }: Webhook): {
  word: string;
  tone: BadgeTone;
  text: string | null;
} {
  switch (disabled_reason) {
    case "requested":
      return { word: "Off", tone: "gray", text: "Turned off. It is told nothing until it is on again." };
    case "gone":
      return { word: "Off", tone: "amber", text: "Turned off because its address answered 410 Gone." };
    case "failing":
      return { word: "Off", tone: "amber", text: "Turned off because it failed for too long." };
    case null:
      return failing_since === null
        ? { word: "On", tone: "green", text: null }
        : { word: "Failing", tone: "amber", text: "Deliveries fail. They are tried again for three days." };
  }
}

const DELIVERIES: Record<WebhookDelivery["status"], { word: string; tone: BadgeTone }> = {
  delivered: { word: "Delivered", tone: "green" },
  pending: { word: "Pending", tone: "amber" },
  failed: { word: "Failed", tone: "red" },
};

/** How a delivery's state is shown. */
export function deliveryState({ status }: Pick<WebhookDelivery, "status">) {
  return DELIVERIES[status];
}

/** What came of a delivery: the answer, the error, or that nothing was sent yet. */
export function deliveryOutcome(delivery: WebhookDelivery): string {
  const { attempts, response_status, error, duration_ms } = delivery;
  if (attempts === 0) return "Not sent yet";
  const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  const answer = response_status === null ? (error ?? "no answer") : `answered ${response_status}`;
  return `${tries}, ${answer}${duration_ms === null ? "" : ` in ${duration_ms} ms`}`;
}
