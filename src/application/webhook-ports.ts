import type { WebhookEventType } from "../domain/webhooks/event-type.ts";

/** What outbound webhooks need from outside; storage/ and notify/ implement it. */

/** Where an organization wants to be told of its events. */
export type Webhook = {
  readonly organizationId: string;
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  /** Why nothing is sent to it; null while something is. */
  readonly disabledReason: DisabledReason | null;
  /** The first of the failures since which nothing was delivered. */
  readonly failingSince: Date | null;
  /** Until when the secret before the present one signs too. */
  readonly oldSecretUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** `requested`: somebody turned it off. `failing`: nothing was taken for three days. `gone`: it answered 410. */
export type DisabledReason = "requested" | "failing" | "gone";

/** Why Airtime turned a webhook off by itself. */
export type TurnedOffReason = Exclude<DisabledReason, "requested">;

export type WebhookDraft = Pick<Webhook, "organizationId" | "id" | "url" | "events"> & {
  readonly sealedSecret: string;
};

export type WebhookChange = {
  readonly url?: string;
  readonly events?: readonly WebhookEventType[];
  readonly enabled?: boolean;
};

export type WebhookKey = { readonly organizationId: string; readonly id: string };

/** The webhooks of organizations. All calls of one store are one transaction when it came from `AnswerStore`. */
export type WebhookStore = {
  /** The oldest first. */
  listWebhooks(organizationId: string): Promise<readonly Webhook[]>;
  findWebhook(key: WebhookKey): Promise<Webhook | null>;
  /** The same, and nobody removes it until the transaction ends. */
  keepWebhook(key: WebhookKey): Promise<Webhook | null>;
  /** Locks the organization against concurrent additions; how many webhooks it has. */
  countWebhooks(organizationId: string): Promise<number>;
  /** It is told of what commits after this does. */
  insertWebhook(draft: WebhookDraft): Promise<Webhook>;
  /** Null when there is no such webhook. One that is turned off gives up what it was still to be told. */
  updateWebhook(key: WebhookKey, change: WebhookChange): Promise<Webhook | null>;
  /** The secret it had goes on signing until then; null when there is no such webhook. */
  replaceSecret(key: WebhookKey, sealedSecret: string, oldForMs: number): Promise<Webhook | null>;
  deleteWebhook(key: WebhookKey): Promise<boolean>;

  insertMessage(message: WebhookMessage): Promise<void>;
  insertDelivery(delivery: DeliveryDraft): Promise<Delivery>;
  listDeliveries(key: WebhookKey, filter: DeliveryFilter): Promise<DeliveryPage>;
  findDelivery(key: WebhookKey, deliveryId: string): Promise<StoredDelivery | null>;
};

/** What is told. @param sealed the body, sealed with the organization's key. */
export type WebhookMessage = {
  readonly organizationId: string;
  readonly id: string;
  readonly type: string;
  readonly sealed: string;
};

export type DeliveryDraft = {
  readonly organizationId: string;
  readonly id: string;
  readonly webhookId: string;
  readonly messageId: string;
};

export type DeliveryStatus = "pending" | "delivered" | "failed";

/** One message on its way to one webhook, and what the last attempt came to. */
export type Delivery = {
  readonly id: string;
  readonly messageId: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  /** Null once it ended. */
  readonly nextAttemptAt: Date | null;
  readonly attemptedAt: Date | null;
  readonly responseStatus: number | null;
  readonly durationMs: number | null;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
};

export type StoredDelivery = Delivery & {
  readonly sealedBody: string;
  readonly sealedResponse: string | null;
};

export type DeliveryFilter = {
  readonly status: DeliveryStatus | null;
  readonly limit: number;
  readonly offset: number;
};

export type DeliveryPage = { readonly deliveries: readonly Delivery[]; readonly total: number };

/** Seals and opens texts with an organization's key; `open` gives null once that was destroyed. */
export type WebhookVault = {
  seal(organizationId: string, place: string, text: string): Promise<string>;
  open(organizationId: string, place: string, sealed: string): Promise<string | null>;
};

/** Where each sealed text belongs. */
export const WEBHOOK_PLACES = {
  secret: "webhook_endpoint.secret",
  body: "webhook_message.body",
  response: "webhook_delivery.response",
} as const;

/** A webhook that a sender has leased, with its secrets, the present one first. */
export type LeasedWebhook = WebhookKey & {
  readonly url: string;
  readonly sealedSecrets: readonly string[];
};

export type DueDelivery = {
  readonly id: string;
  readonly messageId: string;
  readonly sealedBody: string;
  /** This one not included. */
  readonly attempts: number;
};

/** What is to be sent, shared by any number of senders: each leases a webhook, so that first attempts keep their order. */
export type DeliveryQueue = {
  /** Webhooks that nobody has and to which something is due, the longest due first. */
  listDue(limit: number): Promise<readonly WebhookKey[]>;
  /** Leases one, or renews the lease; null when somebody else has it or it is turned off. */
  lease(key: WebhookKey, durationMs: number): Promise<LeasedWebhook | null>;
  release(key: WebhookKey): Promise<void>;
  /** What was never tried, in order. */
  nextFirsts(key: WebhookKey, limit: number): Promise<readonly DueDelivery[]>;
  /** What is to be tried again now, the longest due first. */
  nextRetries(key: WebhookKey, limit: number): Promise<readonly DueDelivery[]>;
  noteDelivered(key: WebhookKey, deliveryId: string, attempt: AttemptRecord): Promise<void>;
  /** Tried in vain. @param pauseMs until the next attempt; null: there is none.
   *  @returns since when the webhook has taken nothing, and the database's time. */
  noteFailed(
    key: WebhookKey,
    deliveryId: string,
    attempt: AttemptRecord,
    pauseMs: number | null,
  ): Promise<{ readonly failingSince: Date; readonly now: Date }>;
  /** Turns the webhook off, gives up what is due to it, and has the mails sent. Nothing when it was off already.
   *  @param sealedMails sealed for their place. */
  disable(key: WebhookKey, reason: TurnedOffReason, sealedMails: readonly string[]): Promise<void>;
};

export type AttemptRecord = {
  readonly responseStatus: number | null;
  readonly sealedResponse: string | null;
  readonly durationMs: number;
  readonly error: string | null;
};
