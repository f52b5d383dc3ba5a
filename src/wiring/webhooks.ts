import { randomUUID } from "node:crypto";
import type pg from "pg";
import { Counter, Gauge, type Registry } from "prom-client";
import type { AnswerStore } from "../application/identity-ports.ts";
import {
  type DeliveryFilter,
  type LeasedWebhook,
  type TurnedOffReason,
  WEBHOOK_PLACES,
  type WebhookKey,
} from "../application/webhook-ports.ts";
import { createWebhookChanges } from "../application/webhooks.ts";
import { registerWebhookDeliveryRoutes } from "../http/routes/webhook-deliveries.ts";
import { registerWebhookRoutes } from "../http/routes/webhooks.ts";
import type { RegisterRoutes } from "../http/server.ts";
import { webhookOffMail } from "../notify/mail/webhook-off-mail.ts";
import { type Dispatching, dispatchDeliveries } from "../notify/webhooks/dispatch.ts";
import { createPostMessage } from "../notify/webhooks/post-message.ts";
import { createResolver } from "../notify/webhooks/resolve-host.ts";
import { createSendDelivery } from "../notify/webhooks/send-delivery.ts";
import { messagesFor } from "../notify/webhooks/write-webhook-events.ts";
import { newId } from "../storage/identity/new-id.ts";
import { openOrganizationDatabases } from "../storage/organization-database.ts";
import { countPendingDeliveries, createDeliveryQueue } from "../storage/webhooks/delivery-queue.ts";
import { createWebhookStore, WEBHOOK_READER } from "../storage/webhooks/webhook-store.ts";
import { listListeningWebhooks, writeMessages } from "../storage/webhooks/write-deliveries.ts";
import type { Foundation } from "./foundation.ts";
import type { MailPart } from "./mail.ts";
import type { Money } from "./money.ts";
import type { OutboxReaderPart } from "./news.ts";

/** Outbound webhooks: the routes, a reader of the outbox that writes what is to be sent, and who sends it. */
export function wireWebhooks(foundation: Foundation, settings: WebhookSettings): WebhookPart {
  const { vault, answers } = settings;
  const { readingPool, config } = foundation;
  const policy = { isDemo: config.demo };
  const databases = openOrganizationDatabases(readingPool);
  const storeOf = (organizationId: string) => createWebhookStore(databases.of(organizationId));
  const webhooks = {
    listWebhooks: (organizationId: string) => storeOf(organizationId).listWebhooks(organizationId),
    findWebhook: (key: WebhookKey) => storeOf(key.organizationId).findWebhook(key),
    listDeliveries: (key: WebhookKey, filter: DeliveryFilter) =>
      storeOf(key.organizationId).listDeliveries(key, filter),
    findDelivery: (key: WebhookKey, deliveryId: string) =>
      storeOf(key.organizationId).findDelivery(key, deliveryId),
  };
  const changes = createWebhookChanges({ vault, policy, newId, now: Date.now });
  let dispatching: Dispatching | null = null;
  const wake = () => dispatching?.wake();
  return {
    routes: [
      (server) => registerWebhookRoutes(server, { answers, webhooks, changes }),
      (server) =>
        registerWebhookDeliveryRoutes(server, { answers, webhooks, changes, wake, open: vault.open }),
    ],
    reader: readerFor(vault, wake),
    start() {
      dispatching = startDispatching(foundation, settings);
      return dispatching;
    },
  };
}

export type WebhookPart = {
  readonly routes: readonly RegisterRoutes[];
  readonly reader: OutboxReaderPart;
  /** Begins to send. */
  readonly start: () => Dispatching;
};

type WebhookSettings = {
  readonly vault: Money["vault"];
  readonly answers: AnswerStore;
  readonly sealToOwner: MailPart["sealToOwner"];
};

function readerFor(vault: Money["vault"], wake: () => void): OutboxReaderPart {
  return {
    name: WEBHOOK_READER,
    interest: "followed",
    async take(client, entries) {
      const organizationIds = [...new Set(entries.map(({ organizationId }) => organizationId))];
      const listening = await listListeningWebhooks(client, organizationIds);
      const messages = messagesFor(entries, listening);
      if (messages.length === 0) return;
      const sealed = await Promise.all(
        messages.map(({ organizationId, body }) => vault.seal(organizationId, WEBHOOK_PLACES.body, body)),
      );
      await writeMessages(
        client,
        messages.map((message, index) => ({ ...message, sealed: sealed[index] ?? "" })),
      );
    },
    onTaken: wake,
  };
}

function startDispatching(
  { sendingPool, registry, log, config }: Foundation,
  { vault, sealToOwner }: WebhookSettings,
): Dispatching {
  const attempts = new Counter({
    name: "airtime_webhook_attempts_total",
    help: "Attempts to deliver to a webhook, by what came of them; off: it failed and was turned off.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  measurePending(sendingPool, registry);
  const queue = createDeliveryQueue(sendingPool, `${process.pid}-${randomUUID()}`);
  const post = createPostMessage({ policy: { isDemo: config.demo }, resolve: createResolver() });
  const { baseUrl } = config;
  const turnOff = async (webhook: LeasedWebhook, reason: TurnedOffReason) => {
    const { organizationId, id: webhookId, url } = webhook;
    const mails = await sealToOwner(organizationId, ({ organizationName, to }) =>
      webhookOffMail(
        { organizationId, organizationName, webhookId, url, reason, at: Date.now(), baseUrl },
        to,
      ),
    );
    await queue.disable(webhook, reason, mails);
    log.warn({ organizationId, webhookId, reason }, "a webhook was turned off");
  };
  const attempt = createSendDelivery({ queue, vault, post, turnOff, now: Date.now, chance: Math.random });
  return dispatchDeliveries(
    {
      queue,
      async send(webhook, due, signal) {
        const outcome = await attempt(webhook, due, signal);
        attempts.inc({ outcome });
        return outcome;
      },
    },
    { onFault: (error) => log.warn({ err: error }, "webhooks could not be sent to; trying again") },
  );
}

function measurePending(pool: pg.Pool, registry: Registry): void {
  const lag = new Gauge({
    name: "airtime_webhook_lag_seconds",
    help: "Age of the oldest webhook delivery that was never tried; 0 when all were.",
    registers: [registry],
  });
  const pending = new Gauge({
    name: "airtime_webhook_pending",
    help: "Webhook deliveries that are to be tried, or tried again.",
    registers: [registry],
    async collect() {
      // Metrics are asked for above all when the database is not well: then the last numbers stay.
      const counted = await countPendingDeliveries(pool).catch(() => null);
      if (counted === null) return;
      pending.set(counted.pending);
      lag.set(counted.lagMs / 1_000);
    },
  });
}
