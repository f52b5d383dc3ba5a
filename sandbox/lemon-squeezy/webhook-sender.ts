import { createHmac, randomUUID } from "node:crypto";
import type { DeliveryAttempt, DeliveryRecord, StateStore } from "./state.ts";

/** Delivers webhooks as Lemon Squeezy does: signed, retried until the answer is exactly 200, then given up. */
export type WebhookSender = {
  /** Queues an event; the present faults decide what becomes of it. `body` is sent byte for byte, retries too. */
  readonly enqueue: (event: { eventName: string; orderId: string; body: string }) => void;
  /** Sends a past delivery once more, whatever the faults; null for an unknown id. */
  readonly redeliver: (deliveryId: string) => Promise<DeliveryAttempt | null>;
  /** Takes up what was still to be sent when the sandbox last stopped. */
  readonly resume: () => void;
  /** Sends at once what a reorder fault holds back. */
  readonly releaseHeld: () => void;
  /** Stops sending; what is not delivered stays due. */
  readonly stop: () => Promise<void>;
};

export type WebhookSenderOptions = {
  readonly store: StateStore;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly retryDelaysMs: readonly number[];
  readonly timeoutMs: number;
};

/** Source of retries and headers: lemon-squeezy.md section 5; of faults: contract.md, the sandbox. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { state, save } = options.store;
  const stopping = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();
  const sending = new Set<Promise<void>>();
  let held: DeliveryRecord | null = null;

  function schedule(delivery: DeliveryRecord): void {
    if (delivery.dueAtMs === null || stopping.signal.aborted) return;
    clearTimeout(timers.get(delivery.id));
    const timer = setTimeout(
      () => {
        timers.delete(delivery.id);
        const run = deliver(delivery).finally(() => sending.delete(run));
        sending.add(run);
      },
      Math.max(0, delivery.dueAtMs - Date.now()),
    );
    timers.set(delivery.id, timer);
  }

  async function deliver(delivery: DeliveryRecord): Promise<void> {
    if (held === delivery) held = null;
    if (state.faults.drop_webhooks) {
      drop(options, delivery);
    } else {
      const copies = state.faults.duplicate ? 2 : 1;
      // At the same moment: two equal events side by side are the hardest case for the receiver.
      const attempts = await Promise.all(
        Array.from({ length: copies }, () => send(options, delivery, stopping)),
      );
      if (stopping.signal.aborted) return;
      settle(delivery, attempts);
      schedule(delivery);
    }
    await save();
  }

  function settle(delivery: DeliveryRecord, attempts: readonly DeliveryAttempt[]): void {
    const delayMs = options.retryDelaysMs[delivery.retriesDone];
    if (attempts.some((attempt) => attempt.status === 200) || delayMs === undefined) {
      delivery.dueAtMs = null;
      return;
    }
    delivery.retriesDone += 1;
    delivery.dueAtMs = Date.now() + delayMs;
  }

  /** Holds an event until a later one has gone out before it, or until it has waited long enough. */
  function scheduleReordered(delivery: DeliveryRecord): void {
    const earlier = held;
    held = null;
    if (earlier === null) {
      held = delivery;
      delivery.dueAtMs = Date.now() + reorderHoldMs;
      schedule(delivery);
      return;
    }
    schedule(delivery);
    earlier.dueAtMs = (delivery.dueAtMs ?? Date.now()) + reorderGapMs;
    schedule(earlier);
  }

  function enqueue(event: { eventName: string; orderId: string; body: string }): void {
    const dueAtMs = Date.now() + state.faults.delay_ms;
    const delivery: DeliveryRecord = { id: randomUUID(), ...event, retriesDone: 0, dueAtMs, attempts: [] };
    state.deliveries.set(delivery.id, delivery);
    forgetOldest(state.deliveries);
    if (state.faults.drop_webhooks) drop(options, delivery);
    else if (state.faults.reorder) scheduleReordered(delivery);
    else schedule(delivery);
  }

  return {
    enqueue,
    async redeliver(deliveryId) {
      const delivery = state.deliveries.get(deliveryId);
      if (delivery === undefined) return null;
      const attempt = await send(options, delivery, stopping);
      await save();
      return attempt;
    },
    resume() {
      for (const delivery of state.deliveries.values()) schedule(delivery);
    },
    releaseHeld() {
      if (held === null) return;
      held.dueAtMs = Date.now();
      schedule(held);
      held = null;
    },
    async stop() {
      stopping.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(sending);
    },
  };
}

const reorderHoldMs = 3_000;
// Time for the later event to be answered before the earlier one follows.
const reorderGapMs = 250;
const deliveriesMax = 2_000;
const answerCharactersMax = 2_000;

async function send(
  options: WebhookSenderOptions,
  delivery: DeliveryRecord,
  stopping: AbortController,
): Promise<DeliveryAttempt> {
  const attempt = newAttempt(options, delivery, "unreachable");
  delivery.attempts.push(attempt);
  try {
    const response = await fetch(options.webhookUrl, {
      method: "POST",
      headers: attempt.headers,
      body: delivery.body,
      redirect: "manual",
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(options.timeoutMs)]),
    });
    attempt.status = response.status;
    attempt.answer = (await response.text()).slice(0, answerCharactersMax);
  } catch (error) {
    attempt.answer = error instanceof Error ? error.message : "no answer";
  }
  return attempt;
}

function drop(options: WebhookSenderOptions, delivery: DeliveryRecord): void {
  delivery.dueAtMs = null;
  delivery.attempts.push(newAttempt(options, delivery, "dropped"));
}

function newAttempt(
  options: WebhookSenderOptions,
  delivery: DeliveryRecord,
  status: "dropped" | "unreachable",
): DeliveryAttempt {
  return {
    attempt: delivery.attempts.length + 1,
    headers: {
      "Content-Type": "application/json",
      "X-Event-Name": delivery.eventName,
      "X-Signature": createHmac("sha256", options.webhookSecret).update(delivery.body).digest("hex"),
    },
    status,
    answer: "",
    sentAt: new Date().toISOString(),
  };
}

function forgetOldest(deliveries: Map<string, DeliveryRecord>): void {
  for (const delivery of deliveries.values()) {
    if (deliveries.size <= deliveriesMax) return;
    if (delivery.dueAtMs === null) deliveries.delete(delivery.id);
  }
}
