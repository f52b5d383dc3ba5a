import { randomBytes } from "node:crypto";
import { TEST_EVENT_TYPE, type WebhookEventType } from "../domain/webhooks/event-type.ts";
import { type AddressPolicy, problemOfUrl } from "./webhook-address.ts";
import {
  type Delivery,
  WEBHOOK_PLACES,
  type Webhook,
  type WebhookChange,
  type WebhookKey,
  type WebhookStore,
  type WebhookVault,
} from "./webhook-ports.ts";

/** The changes of an organization's webhooks. Each is given the store of the transaction it belongs to. */
export function createWebhookChanges({ vault, policy, newId, now }: WebhookPorts) {
  const seal = (organizationId: string, place: string, text: string) =>
    vault.seal(organizationId, place, text);

  return {
    /** Adds a webhook with a new secret, which is told here and never again. Refuses "url_refused" and
     *  "webhook_limit_reached". */
    async add(store: WebhookStore, draft: NewWebhook): Promise<WithSecret | UrlRefused | LimitReached> {
      const { organizationId, url } = draft;
      const problem = problemOfUrl(url, policy);
      if (problem !== null) return { kind: "url_refused", problem };
      if ((await store.countWebhooks(organizationId)) >= WEBHOOKS_MAX)
        return { kind: "webhook_limit_reached" };
      const secret = newSecret();
      const sealedSecret = await seal(organizationId, WEBHOOK_PLACES.secret, secret);
      const webhook = await store.insertWebhook({
        organizationId,
        id: newId("whk"),
        url,
        events: [...new Set(draft.events)],
        sealedSecret,
      });
      return { kind: "webhook", webhook, secret };
    },

    /** Changes what is given. Refuses "url_refused" and "not_found". */
    async change(
      store: WebhookStore,
      key: WebhookKey,
      change: WebhookChange,
    ): Promise<Changed | UrlRefused | NotFound> {
      const problem = change.url === undefined ? null : problemOfUrl(change.url, policy);
      if (problem !== null) return { kind: "url_refused", problem };
      const events = change.events === undefined ? {} : { events: [...new Set(change.events)] };
      const webhook = await store.updateWebhook(key, { ...change, ...events });
      return webhook === null ? NOT_FOUND : { kind: "webhook", webhook };
    },

    /** Gives a webhook a new secret; for a day the old one signs too. Refuses "not_found". */
    async rotateSecret(store: WebhookStore, key: WebhookKey): Promise<WithSecret | NotFound> {
      const secret = newSecret();
      const sealed = await seal(key.organizationId, WEBHOOK_PLACES.secret, secret);
      const webhook = await store.replaceSecret(key, sealed, OLD_SECRET_MS);
      return webhook === null ? NOT_FOUND : { kind: "webhook", webhook, secret };
    },

    /** Sends an event that means nothing, to try the receiver. Refuses "webhook_disabled" and "not_found". */
    async sendTest(store: WebhookStore, key: WebhookKey): Promise<Sent | Disabled | NotFound> {
      const { organizationId, id } = key;
      const webhook = await store.keepWebhook(key);
      if (webhook === null) return NOT_FOUND;
      if (webhook.disabledReason !== null) return { kind: "webhook_disabled" };
      const messageId = newId("msg");
      const data = { organization_id: organizationId, webhook_id: id };
      const body = JSON.stringify({ type: TEST_EVENT_TYPE, timestamp: new Date(now()).toISOString(), data });
      const sealed = await seal(organizationId, WEBHOOK_PLACES.body, body);
      await store.insertMessage({ organizationId, id: messageId, type: TEST_EVENT_TYPE, sealed });
      return sent(store, key, messageId);
    },

    /** Sends once more what a delivery was to tell, with the same webhook-id. Refuses "webhook_disabled" and
     *  "not_found". */
    async resend(
      store: WebhookStore,
      key: WebhookKey,
      deliveryId: string,
    ): Promise<Sent | Disabled | NotFound> {
      const [webhook, delivery] = [await store.keepWebhook(key), await store.findDelivery(key, deliveryId)];
      if (webhook === null || delivery === null) return NOT_FOUND;
      if (webhook.disabledReason !== null) return { kind: "webhook_disabled" };
      return sent(store, key, delivery.messageId);
    },
  };

  async function sent(store: WebhookStore, key: WebhookKey, messageId: string): Promise<Sent> {
    const { organizationId, id: webhookId } = key;
    const delivery = await store.insertDelivery({ organizationId, id: newId("del"), webhookId, messageId });
    return { kind: "sent", delivery };
  }
}

export type WebhookChanges = ReturnType<typeof createWebhookChanges>;

export type WebhookPorts = {
  readonly vault: WebhookVault;
  readonly policy: AddressPolicy;
  readonly newId: (prefix: string) => string;
  readonly now: () => number;
};

export type NewWebhook = {
  readonly organizationId: string;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
};

type Changed = { readonly kind: "webhook"; readonly webhook: Webhook };
type WithSecret = Changed & { readonly secret: string };
type Sent = { readonly kind: "sent"; readonly delivery: Delivery };
type UrlRefused = { readonly kind: "url_refused"; readonly problem: string };
type LimitReached = { readonly kind: "webhook_limit_reached" };
type Disabled = { readonly kind: "webhook_disabled" };
type NotFound = { readonly kind: "not_found" };

const NOT_FOUND: NotFound = { kind: "not_found" };

/** Everything an organization does is written once for each. */
const WEBHOOKS_MAX = 20;
const OLD_SECRET_MS = 24 * 60 * 60 * 1_000;

/** 192 random bits, as the Standard Webhooks specification writes them. */
function newSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}
