import { createHash } from "node:crypto";
import type { WebhookEventType } from "../../domain/webhooks/event-type.ts";
import { type BalanceLimits, eventsOf, type NewsEntry, type WebhookEvent } from "./events.ts";

/** The messages that these entries of the outbox come to, each with the webhooks that chose its event. */
export function messagesFor(
  entries: readonly NewsEntry[],
  webhooks: readonly Listener[],
): readonly OutgoingMessage[] {
  const messages = new Map<string, OutgoingMessage>();
  for (const entry of entries) {
    const own = webhooks.filter(({ organizationId }) => organizationId === entry.organizationId);
    const [first] = own;
    if (first === undefined) continue;
    for (const [index, event] of eventsOf(entry, first).entries()) {
      const webhookIds = own.filter(({ events }) => events.includes(event.type)).map(({ id }) => id);
      const message = { ...messageOf(event), webhookIds, place: placeOf(entry, index) };
      // Two entries may tell of one event: the first of them counts.
      const key = `${message.organizationId}/${message.id}`;
      if (webhookIds.length > 0 && !messages.has(key)) messages.set(key, message);
    }
  }
  return [...messages.values()];
}

/** A webhook that is in force. */
export type Listener = BalanceLimits & {
  readonly organizationId: string;
  readonly id: string;
  readonly events: readonly WebhookEventType[];
};

export type OutgoingMessage = {
  readonly organizationId: string;
  readonly id: string;
  readonly type: WebhookEventType;
  /** What is sent and signed, byte for byte, at every attempt. */
  readonly body: string;
  /** The organization's events in their order. */
  readonly place: bigint;
  readonly webhookIds: readonly string[];
};

/** What is sent of an event. Source: contract.md, Decisions, Who. */
export function bodyOf(type: string, occurredAt: number, data: object): string {
  return JSON.stringify({ type, timestamp: new Date(occurredAt).toISOString(), data });
}

function messageOf({ organizationId, type, key, occurredAt, data }: WebhookEvent) {
  const digest = createHash("sha256").update(`${organizationId}\n${key}`).digest("base64url");
  return { organizationId, id: `msg_${digest.slice(0, 27)}`, type, body: bodyOf(type, occurredAt, data) };
}

// More than the events of one entry.
const EVENTS_PER_ENTRY = 16n;

function placeOf({ news }: NewsEntry, index: number): bigint {
  return news.seq * EVENTS_PER_ENTRY + BigInt(index);
}
