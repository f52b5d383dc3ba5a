import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

/** What the sandbox remembers. Amounts are whole minor units of the order's currency. */
type SandboxState = {
  readonly signingKey: string;
  nextOrderId: number;
  nextOrderNumber: number;
  faults: Faults;
  readonly checkouts: Map<string, CheckoutRecord>;
  /** By order id, oldest first. */
  readonly orders: Map<string, OrderRecord>;
  /** By delivery id, oldest first. */
  readonly deliveries: Map<string, DeliveryRecord>;
};

export type StateStore = {
  readonly state: SandboxState;
  /** Resolves once everything changed before the call is in the file; at once without a file. */
  readonly save: () => Promise<void>;
};

type Faults = z.infer<typeof faultsRecord>;
export type CheckoutRecord = z.infer<typeof checkoutRecord>;
export type OrderRecord = z.infer<typeof orderRecord>;
export type DeliveryRecord = z.infer<typeof deliveryRecord>;
export type DeliveryAttempt = z.infer<typeof attemptRecord>;

/** Opens the state kept in `statePath`, or a new one. Without a path it lives in memory only.
 *  Throws when the file is there and is not a sandbox's: overwriting it would lose orders. */
export async function openState(statePath: string | undefined): Promise<StateStore> {
  const state = (statePath === undefined ? null : await readState(statePath)) ?? newState();
  if (statePath === undefined) return { state, save: async () => {} };

  const path = statePath;
  let writing: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;
  async function write(): Promise<void> {
    const temporaryPath = `${path}.${process.pid}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporaryPath, JSON.stringify(documentOf(state)), { mode: 0o600 });
    await rename(temporaryPath, path);
  }
  function startWriting(): Promise<void> {
    waiting = null;
    writing = write().finally(() => {
      writing = null;
    });
    return writing;
  }
  // While one write runs, all who come share the next: a burst of orders costs two writes, not one each.
  function save(): Promise<void> {
    if (waiting !== null) return waiting;
    if (writing === null) return startWriting();
    waiting = writing.then(
      () => startWriting(),
      () => startWriting(),
    );
    return waiting;
  }
  return { state, save };
}

const text = z.string();
const count = z.int().nonnegative();

/** Defaults: everything works. A file from before a fault existed knows nothing of it. */
const faultsRecord = z.object({
  drop_webhooks: z.boolean().default(false),
  duplicate: z.boolean().default(false),
  delay_ms: count.default(0),
  reorder: z.boolean().default(false),
  /** Share of the webhooks that these faults strike, each fault by itself. */
  webhook_fault_percent: count.default(100),
  /** Pauses between deliveries, in percent of the real ones. */
  retry_percent: count.default(100),
  /** How long a link to a receipt is good. */
  receipt_seconds: count.default(24 * 60 * 60),
  /** The API is down: 503. */
  fail_api: z.boolean().default(false),
  /** The API answers every call with this status; 0: as it should. */
  api_status: count.default(0),
  /** What such an answer asks for; 0: nothing, as the real one. */
  api_retry_after_seconds: count.default(0),
  /** The API takes this long before it answers. */
  api_delay_ms: count.default(0),
  /** The API answers 200 with a page of HTML. */
  api_garbage: z.boolean().default(false),
});

const checkoutRecord = z.object({
  id: text,
  variantId: text,
  customPrice: count.nullable(),
  enabledVariants: z.array(z.int()),
  quantity: count,
  productOptions: z.record(text, z.unknown()),
  checkoutOptions: z.record(text, z.unknown()),
  checkoutData: z.record(text, z.unknown()),
  custom: z.record(text, text).nullable(),
  redirectUrl: text.nullable(),
  expiresAt: text.nullable(),
  testMode: z.boolean(),
  createdAt: text,
});

const orderRecord = z.object({
  id: text,
  number: count,
  identifier: text,
  checkoutId: text,
  custom: z.record(text, text).nullable(),
  /** Apart from refunds, which its amounts tell. */
  payment: z.enum(["paid", "pending", "failed", "fraudulent"]).default("paid"),
  userName: text,
  userEmail: text,
  currency: text,
  variantId: text,
  variantName: text,
  priceMinor: count,
  quantity: count,
  discountMinor: count,
  taxMinor: count,
  refundedMinor: count,
  refundedAt: text.nullable(),
  testMode: z.boolean(),
  createdAt: text,
  updatedAt: text,
});

const attemptRecord = z.object({
  attempt: count,
  headers: z.record(text, text),
  /** The HTTP status, or why there is none. */
  status: z.union([z.int(), z.enum(["sending", "dropped", "unreachable"])]),
  answer: text,
  sentAt: text,
});

const deliveryRecord = z.object({
  id: text,
  eventName: text,
  orderId: text,
  body: text,
  retriesDone: count,
  /** Milliseconds since the epoch; null when there is nothing more to send. */
  dueAtMs: count.nullable(),
  attempts: z.array(attemptRecord),
});

const stateDocument = z.object({
  signingKey: text,
  nextOrderId: count,
  nextOrderNumber: count,
  faults: faultsRecord,
  checkouts: z.array(checkoutRecord),
  orders: z.array(orderRecord),
  deliveries: z.array(deliveryRecord),
});

// Enough to look back at; without a bound, every save would write the whole past again.
const finishedDeliveriesKept = 200;

function newState(): SandboxState {
  return {
    signingKey: randomBytes(32).toString("hex"),
    // From the clock: a sandbox that lost its file must not give an old order's id to a new order.
    nextOrderId: Math.floor(Date.now() / 1_000),
    nextOrderNumber: 1_001,
    faults: faultsRecord.parse({}),
    checkouts: new Map(),
    orders: new Map(),
    deliveries: new Map(),
  };
}

async function readState(path: string): Promise<SandboxState | null> {
  let content: string;
  try {
    content = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    const document = stateDocument.parse(JSON.parse(content));
    return {
      ...document,
      checkouts: new Map(document.checkouts.map((checkout) => [checkout.id, checkout])),
      orders: new Map(document.orders.map((order) => [order.id, order])),
      deliveries: new Map(document.deliveries.map((delivery) => [delivery.id, delivery])),
    };
  } catch (cause) {
    throw new Error(`${path} is not a Lemon Squeezy sandbox state: move it away to start afresh`, { cause });
  }
}

function documentOf(state: SandboxState): z.infer<typeof stateDocument> {
  const deliveries = [...state.deliveries.values()];
  const finished = deliveries.filter((delivery) => delivery.dueAtMs === null);
  const forgotten = new Set(finished.slice(0, -finishedDeliveriesKept));
  return {
    ...state,
    checkouts: [...state.checkouts.values()],
    orders: [...state.orders.values()],
    deliveries: deliveries.filter((delivery) => !forgotten.has(delivery)),
  };
}
