import { randomUUID } from "node:crypto";
import { type ProviderOrder, refundedMinorOf, type Shop } from "../domain/payments/decide-order.ts";
import type { Booking, BookOrder } from "./book-order.ts";
import { ownerOfFoundOrder } from "./order-owner.ts";
import type {
  KnownOrder,
  PaymentProvider,
  PaymentStore,
  ProviderFailure,
  ProviderOrderPage,
} from "./payment-ports.ts";
import { reconciledEvent } from "./reconciled-event.ts";

/** Compares the provider's orders with ours and makes good what webhooks did not bring: missed orders, late refunds.
 *  Running it again changes nothing. @param since how far back to walk; by default to where the last complete walk began,
 *  with an overlap. @param waitMs how long to wait while another process is at it. */
export type ReconcileOrders = (request?: {
  readonly since?: Date;
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}) => Promise<Reconciliation>;

/** `running_elsewhere`: another process is at it. `provider_failed`: the counts are of what was done until then. */
export type Reconciliation =
  | ({ readonly kind: "complete" | "stopped" } & ReconciliationCounts)
  | ({ readonly kind: "provider_failed"; readonly reason: string } & ReconciliationCounts)
  | { readonly kind: "running_elsewhere" };

/** Orders seen; entries posted now; orders that wait for payment, that a person must look at, that can't be read. */
export type ReconciliationCounts = {
  readonly orders: number;
  readonly credited: number;
  readonly refunded: number;
  readonly parked: number;
  readonly failed: number;
  readonly unreadable: number;
};

export type ReconcileDependencies = {
  readonly shop: Omit<Shop, "packages">;
  readonly store: PaymentStore;
  readonly provider: PaymentProvider;
  readonly bookOrder: BookOrder;
  readonly organizationExists: (organizationId: string) => Promise<boolean>;
  /** Pauses before asking the provider again, beyond what its client does itself: it allows 300 calls a minute. */
  readonly retryDelaysMs?: readonly number[];
};

export function createReconcileOrders(dependencies: ReconcileDependencies): ReconcileOrders {
  const { shop, store } = dependencies;
  return async ({ since, waitMs = 0, signal } = {}) => {
    const lease = { storeId: shop.storeId, holder: randomUUID(), durationMs: LEASE_MS };
    const taken = await takeLease(store, lease, waitMs, signal);
    if (taken === null) return { kind: "running_elsewhere" };
    const startedAt = taken.now;
    const counts = { orders: 0, credited: 0, refunded: 0, parked: 0, failed: 0, unreadable: 0 };
    const goOn = () => store.takeLease(lease).then((kept) => kept !== null && !signal?.aborted);
    let walkedUntil: Date | null = null;
    try {
      const from = since ?? (await cutoff(store, taken));
      const outcome = await reconcile({ dependencies, goOn, seen: new Set(), counts }, from, startedAt);
      // A walk that was told where to begin says nothing about what lies before it.
      if (outcome.kind === "complete" && since === undefined) walkedUntil = startedAt;
      const { kind, ...rest } = outcome;
      const reason = "reason" in rest ? rest.reason : null;
      await store.noteRun(shop.storeId, { outcome: kind, reason, counts });
      return outcome;
    } finally {
      await store.releaseLease({ ...lease, walkedUntil });
    }
  };
}

/** Longer than a call to the provider usually takes, short enough that nobody waits long for a process that died. */
const LEASE_MS = 20_000;
const LEASE_POLL_MS = 200;
/** An order shows up in the list long before this. */
const OVERLAP_MS = 24 * 60 * 60 * 1_000;
/** The provider refunds within 60 days at its discretion. */
const REFUNDS_FOLLOWED_MS = 90 * 24 * 60 * 60 * 1_000;
/** Of parked and of credited orders each, in one run. */
const CHECKS_MAX = 50;
const ALL = new Date(0);
const RETRY_DELAYS_MS: readonly number[] = [1_000, 5_000, 15_000];

async function takeLease(
  store: PaymentStore,
  lease: { storeId: string; holder: string; durationMs: number },
  waitMs: number,
  signal: AbortSignal | undefined,
) {
  const until = Date.now() + waitMs;
  for (;;) {
    const taken = await store.takeLease(lease);
    if (taken !== null || signal?.aborted || Date.now() >= until) return taken;
    await pause(LEASE_POLL_MS);
  }
}

type Lease = NonNullable<Awaited<ReturnType<PaymentStore["takeLease"]>>>;

/** Orders from before our first checkout are not ours, whatever else the store sold. */
async function cutoff(store: PaymentStore, { walkedUntil, now }: Lease): Promise<Date> {
  const earliest = await store.earliestCheckoutAt();
  const from = Math.max(earliest?.getTime() ?? now.getTime(), walkedUntil?.getTime() ?? 0);
  // A clock that was ahead once must not hide the orders until its time comes.
  return new Date(Math.min(from, now.getTime()) - OVERLAP_MS);
}

/** One reconciliation under way. `goOn` keeps the lease and says whether to continue. */
type Run = {
  readonly dependencies: ReconcileDependencies;
  readonly goOn: () => Promise<boolean>;
  readonly seen: Set<string>;
  readonly counts: { -readonly [Count in keyof ReconciliationCounts]: number };
};

async function reconcile(
  run: Run,
  since: Date,
  startedAt: Date,
): Promise<Exclude<Reconciliation, { kind: "running_elsewhere" }>> {
  const end = (await walkOrders(run, since)) ?? (await checkOrders(run, startedAt)) ?? { kind: "complete" };
  return { ...end, ...run.counts };
}

/** Why a run ended early; null when it did not. */
type EarlyEnd =
  | { readonly kind: "stopped" }
  | { readonly kind: "provider_failed"; readonly reason: string }
  | null;

/** Newest first until all of a page is older than `since`. Orders that arrive meanwhile push others onto the next page:
 *  they are seen twice, never missed. */
async function walkOrders(run: Run, since: Date): Promise<EarlyEnd> {
  const { provider } = run.dependencies;
  for (let page = 1, lastPage = 1; page <= lastPage; page += 1) {
    if (!(await run.goOn())) return { kind: "stopped" };
    const answer = await persist(run, () => provider.listOrders(page));
    if (answer.kind !== "ok") return failed(answer);
    lastPage = answer.lastPage;
    await compare(run, answer.orders, since);
    await recordUnreadable(run, answer.unreadable);
    const { orders } = answer;
    if (orders.length > 0 && orders.every((order) => order.createdAt < since)) return null;
  }
  return null;
}

/** A refund does not move an old order to the front of the list, and neither does a late payment. */
async function checkOrders(run: Run, startedAt: Date): Promise<EarlyEnd> {
  const { store, provider, shop } = run.dependencies;
  const orderIds = await store.listOrdersToCheck({
    storeId: shop.storeId,
    orderedAfter: new Date(startedAt.getTime() - REFUNDS_FOLLOWED_MS),
    notCheckedSince: startedAt,
    limit: CHECKS_MAX,
  });
  for (const orderId of orderIds) {
    if (run.seen.has(orderId)) continue;
    if (!(await run.goOn())) return { kind: "stopped" };
    const answer = await persist(run, () => provider.getOrder(orderId));
    if (answer.kind === "provider_down") return failed(answer);
    // One order that is gone or garbled must not keep the others from being looked at.
    if (answer.kind === "ok") await compare(run, [answer.order], ALL);
    else run.counts.unreadable += 1;
  }
  return null;
}

/** @param since unclaimed orders from before it are not ours: a store may have sold other things for years. */
async function compare(run: Run, orders: readonly ProviderOrder[], since: Date): Promise<void> {
  const { shop, store } = run.dependencies;
  const fresh = orders.filter(
    (order) =>
      order.storeId === shop.storeId && order.testMode === shop.testMode && !run.seen.has(order.orderId),
  );
  const orderIds = fresh.map((order) => order.orderId);
  const known = await store.findKnownOrders(shop.storeId, orderIds);
  const byId = new Map(known.map((one) => [one.orderId, one]));
  for (const order of fresh) {
    const ours = byId.get(order.orderId);
    if (ours === undefined && order.createdAt < since) continue;
    run.seen.add(order.orderId);
    run.counts.orders += 1;
    if (hasNews(order, ours)) count(run, await bookFound(run.dependencies, order));
  }
  await store.noteChecked(shop.storeId, orderIds);
}

async function recordUnreadable(run: Run, unreadable: ProviderOrderPage["unreadable"]): Promise<void> {
  const { shop, store } = run.dependencies;
  run.counts.unreadable += unreadable.length;
  for (const { orderId, reason } of unreadable) {
    if (orderId === null) continue;
    const event = reconciledEvent({ storeId: shop.storeId, orderId, testMode: shop.testMode });
    await store.recordEvent(event, { status: "failed", reason: `the order cannot be read: ${reason}` });
  }
}

function hasNews(order: ProviderOrder, known: KnownOrder | undefined): boolean {
  if (known === undefined || !known.isCredited || order.status === "fraudulent") return true;
  const refundedMinor = refundedMinorOf(order);
  return refundedMinor !== null && (known.refundedMinor === null || refundedMinor > known.refundedMinor);
}

async function bookFound(dependencies: ReconcileDependencies, order: ProviderOrder): Promise<Booking> {
  const owner = await ownerOfFoundOrder(dependencies, order);
  return dependencies.bookOrder({ news: "reconciled", order, owner, event: reconciledEvent(order) });
}

function count({ counts }: Run, { status, posted }: Booking): void {
  if (posted.includes("credit")) counts.credited += 1;
  if (posted.includes("refund")) counts.refunded += 1;
  if (status === "parked") counts.parked += 1;
  if (status === "failed") counts.failed += 1;
}

/** Asks again while the provider is down or wants fewer calls, for as long as there are pauses left. */
async function persist<Answer extends { readonly kind: string }>(
  run: Run,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (const delayMs of run.dependencies.retryDelaysMs ?? RETRY_DELAYS_MS) {
    const answer = await ask();
    if (answer.kind !== "provider_down" || !(await run.goOn())) return answer;
    await pause(delayMs);
  }
  return ask();
}

function failed({ reason }: ProviderFailure): EarlyEnd {
  return { kind: "provider_failed", reason };
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
