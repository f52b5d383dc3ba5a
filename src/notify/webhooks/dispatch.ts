import { setTimeout as pause } from "node:timers/promises";
import type {
  DeliveryQueue,
  DueDelivery,
  LeasedWebhook,
  WebhookKey,
} from "../../application/webhook-ports.ts";
import type { SendDelivery } from "./send-delivery.ts";

/** Sends what is due to webhooks until it is stopped: woken when something was written, and by a look around each second
 *  for retries and for what a dead process left. Several webhooks at a time; to each at most two requests at once, one
 *  for what is new, in its order, and one for retries. So a receiver that is slow delays its own news alone. */
export function dispatchDeliveries(ports: DispatchPorts, settings: DispatchSettings): Dispatching {
  const { webhooksMax = 32, lookAroundMs = 1_000, leaseMs = 30_000 } = settings;
  const serving = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const cutting = new AbortController();
  let looking: Promise<void> | null = null;
  let mustLookAgain = false;

  function wake(): void {
    if (stopping.signal.aborted) return;
    mustLookAgain = true;
    looking ??= look().finally(() => {
      looking = null;
    });
  }

  async function look(): Promise<void> {
    while (mustLookAgain && serving.size < webhooksMax) {
      mustLookAgain = false;
      try {
        // Those that are served here are leased, and are not among them.
        for (const key of await ports.queue.listDue(webhooksMax - serving.size)) begin(key);
      } catch (error) {
        settings.onFault(error);
      }
    }
  }

  function begin(key: WebhookKey): void {
    const name = JSON.stringify([key.organizationId, key.id]);
    if (serving.has(name) || stopping.signal.aborted) return;
    const turn = serve(ports, key, { stop: stopping.signal, cut: cutting.signal, leaseMs })
      .catch(settings.onFault)
      .finally(() => {
        serving.delete(name);
        // Others may have waited for the place.
        if (mustLookAgain || serving.size === webhooksMax - 1) wake();
      });
    serving.set(name, turn);
  }

  const lookingAround = setInterval(wake, lookAroundMs);
  lookingAround.unref();
  wake();
  return {
    wake,
    async stop() {
      stopping.abort();
      clearInterval(lookingAround);
      // Who is about to answer is waited for; who is slow will get the message again.
      const waiting = new AbortController();
      const ended = Promise.all([looking, ...serving.values()]).finally(() => waiting.abort());
      await pause(settings.stopWithinMs ?? STOP_WITHIN_MS, undefined, { signal: waiting.signal }).catch(
        () => {},
      );
      cutting.abort();
      await ended;
    },
  };
}

export type Dispatching = {
  /** Something may be due. */
  wake(): void;
  /** Resolves when nothing is being sent any more. */
  stop(): Promise<void>;
};

export type DispatchPorts = {
  readonly queue: Pick<DeliveryQueue, "listDue" | "lease" | "release" | "nextFirsts" | "nextRetries">;
  readonly send: SendDelivery;
};

export type DispatchSettings = {
  /** How many webhooks at a time. */
  readonly webhooksMax?: number;
  readonly lookAroundMs?: number;
  /** After a third of it a lease is renewed: together with the longest attempt that is to be well below it. */
  readonly leaseMs?: number;
  readonly stopWithinMs?: number;
  /** What was under way is tried again when its lease has run out. */
  readonly onFault: (error: unknown) => void;
};

const STOP_WITHIN_MS = 2_000;
/** Then others have their turn. */
const TURN_MS = 20_000;
const PAGE_MAX = 20;

type Turn = { readonly stop: AbortSignal; readonly cut: AbortSignal; readonly leaseMs: number };

/** Sends what is due to one webhook, as long as its turn lasts. */
async function serve(
  { queue, send }: DispatchPorts,
  key: WebhookKey,
  { stop, cut, leaseMs }: Turn,
): Promise<void> {
  const startedAt = performance.now();
  const held = { since: startedAt, webhook: await queue.lease(key, leaseMs) };
  if (held.webhook === null) return;

  async function leased(): Promise<LeasedWebhook | null> {
    const now = performance.now();
    if (stop.aborted || now - startedAt > TURN_MS) return null;
    if (now - held.since > leaseMs / 3) {
      held.since = now;
      held.webhook = await queue.lease(key, leaseMs);
    }
    return held.webhook;
  }

  async function drain(
    next: (key: WebhookKey, limit: number) => Promise<readonly DueDelivery[]>,
  ): Promise<void> {
    for (;;) {
      const page = await next(key, PAGE_MAX);
      if (page.length === 0) return;
      for (const due of page) {
        const webhook = await leased();
        if (webhook === null) return;
        const outcome = await send(webhook, due, cut);
        if (outcome === "off") held.webhook = null;
        if (outcome === "off" || outcome === "interrupted") return;
      }
    }
  }

  // Both come to their end before the lease is given back, even if one fails.
  const drained = await Promise.allSettled([drain(queue.nextFirsts), drain(queue.nextRetries)]);
  await queue.release(key);
  for (const one of drained) if (one.status === "rejected") throw one.reason;
}
