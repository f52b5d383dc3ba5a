import {
  type AttemptRecord,
  type DeliveryQueue,
  type DueDelivery,
  type LeasedWebhook,
  type TurnedOffReason,
  WEBHOOK_PLACES,
  type WebhookVault,
} from "../../application/webhook-ports.ts";
import { isGivenUp, pauseBeforeRetryMs } from "../../domain/webhooks/retry.ts";
import type { Posted, PostMessage } from "./post-message.ts";
import { signedHeaders } from "./sign.ts";

/** Makes one attempt to deliver, and notes what came of it. A webhook that took nothing for three days, or says that it
 *  is gone, is turned off. */
export function createSendDelivery(ports: SendPorts): SendDelivery {
  const { queue, vault } = ports;
  return async (webhook, due, signal) => {
    const contents = await open(vault, webhook, due);
    if (contents.kind !== "opened") {
      const pauseMs =
        contents.kind === "erased" ? null : pauseBeforeRetryMs(due.attempts + 1, ports.chance());
      await queue.noteFailed(webhook, due.id, unsent(contents.error), pauseMs);
      return "failed";
    }
    const { body, secrets } = contents;
    const headers = signedHeaders({ id: due.messageId, body, at: new Date(ports.now()), secrets });
    const posted = await ports.post({ url: webhook.url, headers, body, signal });
    if (posted.kind === "interrupted") return "interrupted";
    return note(ports, webhook, due, posted);
  };
}

/** What an attempt came to. `off`: it failed, and the webhook was turned off. `interrupted`: nothing was noted. */
export type AttemptOutcome = "delivered" | "failed" | "off" | "interrupted";

export type SendDelivery = (
  webhook: LeasedWebhook,
  due: DueDelivery,
  signal: AbortSignal,
) => Promise<AttemptOutcome>;

export type SendPorts = {
  readonly queue: Pick<DeliveryQueue, "noteDelivered" | "noteFailed">;
  readonly turnOff: (webhook: LeasedWebhook, reason: TurnedOffReason) => Promise<void>;
  readonly vault: WebhookVault;
  readonly post: PostMessage;
  readonly now: () => number;
  /** From 0 to below 1. */
  readonly chance: () => number;
};

type Contents =
  | { readonly kind: "opened"; readonly body: string; readonly secrets: readonly string[] }
  | { readonly kind: "erased" | "unreadable"; readonly error: string };

/** What can't be read is an attempt that failed: one bad row must not stop all that follow. */
async function open(vault: WebhookVault, webhook: LeasedWebhook, due: DueDelivery): Promise<Contents> {
  const { organizationId, sealedSecrets } = webhook;
  try {
    const body = await vault.open(organizationId, WEBHOOK_PLACES.body, due.sealedBody);
    const opened = await Promise.all(
      sealedSecrets.map((sealed) => vault.open(organizationId, WEBHOOK_PLACES.secret, sealed)),
    );
    const secrets = opened.filter((secret) => secret !== null);
    if (body !== null && secrets.length > 0) return { kind: "opened", body, secrets };
    return { kind: "erased", error: "The organization's key was destroyed." };
  } catch {
    return { kind: "unreadable", error: "The message or the secret could not be decrypted." };
  }
}

function unsent(error: string): AttemptRecord {
  return { responseStatus: null, sealedResponse: null, durationMs: 0, error };
}

const GONE = 410;

async function note(
  { queue, vault, chance, turnOff }: SendPorts,
  webhook: LeasedWebhook,
  due: DueDelivery,
  posted: Exclude<Posted, { kind: "interrupted" }>,
): Promise<AttemptOutcome> {
  const status = posted.kind === "answered" ? posted.status : null;
  const text = posted.kind === "answered" ? posted.text : "";
  const isDelivered = status !== null && status >= 200 && status < 300;
  const attempt: AttemptRecord = {
    responseStatus: status,
    sealedResponse:
      text === "" ? null : await vault.seal(webhook.organizationId, WEBHOOK_PLACES.response, text),
    durationMs: posted.durationMs,
    error: isDelivered ? null : errorOf(posted),
  };
  if (isDelivered) {
    await queue.noteDelivered(webhook, due.id, attempt);
    return "delivered";
  }
  const pauseMs = status === GONE ? null : pauseBeforeRetryMs(due.attempts + 1, chance());
  const { failingSince, now } = await queue.noteFailed(webhook, due.id, attempt, pauseMs);
  if (status === GONE) {
    await turnOff(webhook, "gone");
    return "off";
  }
  if (!isGivenUp({ failingSince: failingSince.getTime(), now: now.getTime() })) return "failed";
  await turnOff(webhook, "failing");
  return "off";
}

function errorOf(posted: Exclude<Posted, { kind: "interrupted" }>): string {
  if (posted.kind === "unanswered") return posted.error;
  const isRedirect = posted.status >= 300 && posted.status < 400;
  return isRedirect ? "It answered with a redirect, which is not followed." : `It answered ${posted.status}.`;
}
