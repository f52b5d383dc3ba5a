import { WEBHOOK_PLACES } from "../../src/application/webhook-ports.ts";
import { readOutbox } from "../../src/notify/outbox/read-outbox.ts";
import { dispatchDeliveries } from "../../src/notify/webhooks/dispatch.ts";
import { createPostMessage } from "../../src/notify/webhooks/post-message.ts";
import { createResolver } from "../../src/notify/webhooks/resolve-host.ts";
import { createSendDelivery } from "../../src/notify/webhooks/send-delivery.ts";
import { messagesFor } from "../../src/notify/webhooks/write-webhook-events.ts";
import { createPool, isTransient } from "../../src/storage/database.ts";
import { openOrganizationDatabases } from "../../src/storage/organization-database.ts";
import { createOrganizationVault } from "../../src/storage/organization-vault.ts";
import { createOutboxCursor } from "../../src/storage/outbox-cursor.ts";
import { createDeliveryQueue } from "../../src/storage/webhooks/delivery-queue.ts";
import { listListeningWebhooks, writeMessages } from "../../src/storage/webhooks/write-deliveries.ts";

// Everything between the outbox and the receivers as a process of its own, to be killed. It says when it is about to send.

const [connectionString = "", secret = ""] = process.argv.slice(2);
const say = (event: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(event)}\n`);
const onFault = (error: unknown) => say({ kind: "fault", error: String(error) });
const pool = createPool({ connectionString });
const vault = createOrganizationVault(openOrganizationDatabases(pool), secret);

const cursor = createOutboxCursor(
  pool,
  { name: "webhooks", interest: "followed" },
  async (client, entries) => {
    const organizationIds = [...new Set(entries.map(({ organizationId }) => organizationId))];
    const messages = messagesFor(entries, await listListeningWebhooks(client, organizationIds));
    const sealed = messages.map(async (message) => ({
      ...message,
      sealed: await vault.seal(message.organizationId, WEBHOOK_PLACES.body, message.body),
    }));
    await writeMessages(client, await Promise.all(sealed));
  },
);
readOutbox(cursor, { isTransient, onFault, restMs: 1, lookAroundMs: 20 });

const queue = createDeliveryQueue(pool, String(process.pid));
const send = createSendDelivery({
  queue,
  vault,
  post: createPostMessage({ policy: { isDemo: true }, resolve: createResolver() }),
  turnOff: (webhook, reason) => queue.disable(webhook, reason, []),
  now: Date.now,
  chance: () => 0,
});
dispatchDeliveries(
  {
    queue,
    send(webhook, due, signal) {
      say({ kind: "sending" });
      return send(webhook, due, signal);
    },
  },
  { onFault, lookAroundMs: 20, leaseMs: 1_500 },
);
