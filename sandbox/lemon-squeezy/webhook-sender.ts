import { randomUUID } from "node:crypto";
import { dropWebhook, sendWebhook, type WebhookTarget } from "./send-webhook.ts";
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

export type WebhookSenderOptions = WebhookTarget & {
  readonly store: StateStore;
  readonly retryDelaysMs: readonly number[];
  /** 0 to 1: draws what the faults strike. */
  readonly random: () => number;
};

/** Source of retries: lemon-squeezy.md section 5; of faults: contract.md, the sandbox. */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { state, save } = options.store;
  const desk: Desk = {
    options,
    stopping: new AbortController(),
    timers: new Map(),
    sending: new Set(),
    held: null,
  };
  return {
    enqueue: (event) => enqueue(desk, event),
    async redeliver(deliveryId) {
      const delivery = state.deliveries.get(deliveryId);
      if (delivery === undefined) return null;
      const attempt = await sendWebhook(options, delivery, desk.stopping.signal);
      await save();
      return attempt;
    },
    resume() {
      for (const delivery of state.deliveries.values()) schedule(desk, delivery);
    },
    releaseHeld() {
      if (desk.held === null) return;
      desk.held.dueAtMs = Date.now();
      schedule(desk, desk.held);
      desk.held = null;
    },
    async stop() {
      desk.stopping.abort();
      for (const timer of desk.timers.values()) clearTimeout(timer);
      await Promise.all(desk.sending);
    },
  };
}

const reorderHoldMs = 3_000;
// Time for the later event to be answered before the earlier one follows.
const reorderGapMs = 250;
const deliveriesMax = 2_000;

/** What is under way. `held` waits for a later event to overtake it. */
type Desk = {
  readonly options: WebhookSenderOptions;
  readonly stopping: AbortController;
  readonly timers: Map<string, NodeJS.Timeout>;
  readonly sending: Set<Promise<void>>;
  held: DeliveryRecord | null;
};

function enqueue(desk: Desk, event: { eventName: string; orderId: string; body: string }): void {
  const { state } = desk.options.store;
  const dueAtMs = Date.now() + (isStruck(desk, "delay_ms") ? state.faults.delay_ms : 0);
  const delivery: DeliveryRecord = { id: randomUUID(), ...event, retriesDone: 0, dueAtMs, attempts: [] };
  state.deliveries.set(delivery.id, delivery);
  forgetOldest(state.deliveries);
  if (isStruck(desk, "drop_webhooks")) dropWebhook(desk.options, delivery);
  else if (isStruck(desk, "reorder")) scheduleReordered(desk, delivery);
  else schedule(desk, delivery);
}

function isStruck(desk: Desk, fault: "drop_webhooks" | "duplicate" | "delay_ms" | "reorder"): boolean {
  const { faults } = desk.options.store.state;
  return Boolean(faults[fault]) && desk.options.random() * 100 < faults.webhook_fault_percent;
}

/** Holds an event until a later one has gone out before it, or until it has waited long enough. */
function scheduleReordered(desk: Desk, delivery: DeliveryRecord): void {
  const earlier = desk.held;
  if (earlier === null) {
    desk.held = delivery;
    delivery.dueAtMs = Date.now() + reorderHoldMs;
  } else {
    desk.held = null;
    earlier.dueAtMs = (delivery.dueAtMs ?? Date.now()) + reorderGapMs;
    schedule(desk, earlier);
  }
  schedule(desk, delivery);
}

function schedule(desk: Desk, delivery: DeliveryRecord): void {
  if (delivery.dueAtMs === null || desk.stopping.signal.aborted) return;
  clearTimeout(desk.timers.get(delivery.id));
  const start = () => {
    desk.timers.delete(delivery.id);
    // Only saving can fail, and a full disk under the sandbox must not end the service it runs in.
    const run = deliver(desk, delivery)
      .catch((error: unknown) => console.error("The sandbox could not save its state:", error))
      .finally(() => desk.sending.delete(run));
    desk.sending.add(run);
  };
  desk.timers.set(delivery.id, setTimeout(start, Math.max(0, delivery.dueAtMs - Date.now())));
}

async function deliver(desk: Desk, delivery: DeliveryRecord): Promise<void> {
  const { store } = desk.options;
  const { faults } = store.state;
  if (desk.held === delivery) desk.held = null;
  // An outage of everything takes what was queued before it, too. A share of the webhooks was drawn as they were queued.
  if (faults.drop_webhooks && faults.webhook_fault_percent === 100) {
    dropWebhook(desk.options, delivery);
  } else {
    // Both at the same moment: two equal events side by side are the hardest case for the receiver.
    const copies = Array.from({ length: isStruck(desk, "duplicate") ? 2 : 1 });
    const attempts = await Promise.all(
      copies.map(() => sendWebhook(desk.options, delivery, desk.stopping.signal)),
    );
    settle(delivery, attempts, desk);
    schedule(desk, delivery);
  }
  await store.save();
}

/** Decides what follows an attempt: nothing after a 200 or the last retry, else a retry. An attempt cut short by a
 *  stop, unanswered, leaves the delivery due: it is sent again after the next start. */
function settle(delivery: DeliveryRecord, attempts: readonly DeliveryAttempt[], desk: Desk): void {
  const delayMs = desk.options.retryDelaysMs[delivery.retriesDone];
  if (attempts.some((attempt) => attempt.status === 200)) delivery.dueAtMs = null;
  else if (desk.stopping.signal.aborted) return;
  else if (delayMs === undefined) delivery.dueAtMs = null;
  else {
    delivery.retriesDone += 1;
    delivery.dueAtMs = Date.now() + (delayMs * desk.options.store.state.faults.retry_percent) / 100;
  }
}

function forgetOldest(deliveries: Map<string, DeliveryRecord>): void {
  for (const delivery of deliveries.values()) {
    if (deliveries.size <= deliveriesMax) return;
    if (delivery.dueAtMs === null) deliveries.delete(delivery.id);
  }
}
