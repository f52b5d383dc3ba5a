import { assertNever, invariant } from "../domain/assert.ts";
import type { Accepted } from "../domain/charging/command.ts";
import type { Actor } from "../domain/ledger/transaction.ts";
import { type Credits, ZERO } from "../domain/money/credits.ts";
import {
  decideOrder,
  type OrderNews,
  type OrderOwner,
  type ProviderOrder,
  type Shop,
} from "../domain/payments/decide-order.ts";
import { describePurchase, purchaseMetadata } from "../domain/payments/describe-purchase.ts";
import { boughtAt } from "../domain/payments/packages.ts";
import type { Buyer, EventRecord, EventVerdict, KnownOrder, PaymentStore } from "./payment-ports.ts";
import type { Alongside } from "./ports.ts";
import type { PostCommand } from "./post-command.ts";

/** Carries out what one piece of news about an order comes to, and records the news with it: the event's row and the
 *  ledger's entry commit together. Safe to repeat and to run concurrently, from any door: an order credits once and its
 *  refunds are cumulative. */
export type BookOrder = (news: NewsOfOrder) => Promise<Booking>;

export type NewsOfOrder = {
  readonly news: OrderNews;
  readonly order: ProviderOrder;
  readonly owner: OrderOwner;
  readonly event: EventRecord;
};

/** How the event ended. @param posted which entries the ledger got from it; a repetition gets none. */
export type Booking = EventVerdict & { readonly posted: readonly ("credit" | "refund")[] };

type Dependencies = {
  readonly shop: Omit<Shop, "packages">;
  readonly store: Pick<
    PaymentStore,
    | "claimOrder"
    | "findBuyer"
    | "findKnownOrders"
    | "findOpening"
    | "findParkedRefund"
    | "listPackagesAt"
    | "notingRefund"
    | "recordEvent"
    | "recordingEvent"
    | "resolvingEvents"
  >;
  readonly post: PostCommand;
};

export function createBookOrder(dependencies: Dependencies): BookOrder {
  const { shop, store } = dependencies;

  async function book(news: NewsOfOrder): Promise<Booking> {
    const { order, event } = news;
    const known = await findKnown(order);
    // A claim stands, even if the process that made it died before it could credit.
    const owner: OrderOwner =
      known === null
        ? news.owner
        : { kind: "organization", organizationId: known.organizationId, checkoutId: known.checkoutId };
    const creditedTo = known?.isCredited ? known.organizationId : null;
    const packages = creditedTo === null ? await packagesFor(order, owner) : [];
    const verdict = decideOrder(order, news.news, { shop: { ...shop, packages }, creditedTo, owner });
    switch (verdict.kind) {
      case "credit": {
        const checkoutId = owner.kind === "organization" ? owner.checkoutId : null;
        return credit(dependencies, event, order, { ...verdict, checkoutId });
      }
      case "refund":
        return refund(dependencies, event, order, verdict);
      case "done":
        return record(event, PROCESSED);
      case "park":
        return park(news, verdict.reason);
      case "ignore":
        return record(event, { status: "ignored", reason: verdict.reason });
      case "fail":
        return record(event, { status: "failed", reason: verdict.reason });
      default:
        return assertNever(verdict);
    }
  }

  /** As they were when the buyer saw them, whatever is on sale now. */
  async function packagesFor(order: ProviderOrder, owner: OrderOwner): Promise<Shop["packages"]> {
    const checkout =
      owner.kind === "organization" && owner.checkoutId !== null
        ? await store.findOpening(owner.organizationId, owner.checkoutId)
        : null;
    return store.listPackagesAt(shop.storeId, boughtAt(order.createdAt, checkout));
  }

  async function findKnown({ storeId, orderId }: ProviderOrder): Promise<KnownOrder | null> {
    const [known] = await store.findKnownOrders(storeId, [orderId]);
    return known ?? null;
  }

  /** Whoever credits the order looks for parked refunds after its commit, and whoever parks one looks for the credit
   *  after its own: of two at once, at least one sees the other. */
  async function park(news: NewsOfOrder, reason: string): Promise<Booking> {
    const parked = await record(news.event, { status: "parked", reason });
    if (!(await findKnown(news.order))?.isCredited) return parked;
    return book({ ...news, event: { ...news.event, isDelivery: false } });
  }

  async function record(event: EventRecord, verdict: EventVerdict): Promise<Booking> {
    await store.recordEvent(event, verdict);
    return { ...verdict, posted: [] };
  }

  return book;
}

const PROCESSED: EventVerdict = { status: "processed", reason: null };

/** Who acts where no person does. */
const PROVIDER: Actor = { type: "system", id: "lemon_squeezy", name: "Lemon Squeezy" };

type Due = {
  readonly organizationId: string;
  readonly checkoutId: string | null;
  readonly credits: Credits;
  readonly refundedMinor: bigint | null;
};

async function credit(
  dependencies: Dependencies,
  event: EventRecord,
  order: ProviderOrder,
  due: Due,
): Promise<Booking> {
  const { store } = dependencies;
  const { storeId, orderId } = order;
  // Committed before any money moves: from here on the order is this organization's for every process.
  const owner = await store.claimOrder({ ...due, storeId, orderId, orderedAt: order.createdAt });
  const buyer =
    owner.checkoutId === null ? null : await store.findBuyer(owner.organizationId, owner.checkoutId);
  const credited = await postPurchase(dependencies, order, { ...due, ...owner }, buyer, [
    store.recordingEvent(event, PROCESSED),
    store.resolvingEvents(order, null),
  ]);
  const posted = credited.repeated ? [] : (["credit"] as const);
  const refundedMinor = greatest(due.refundedMinor, await store.findParkedRefund(order));
  if (refundedMinor === null) return { ...PROCESSED, posted };
  const later = { ...event, isDelivery: false };
  const refunded = await refund(dependencies, later, order, { ...owner, refundedMinor });
  return { ...refunded, posted: [...posted, ...refunded.posted] };
}

async function postPurchase(
  { post }: Dependencies,
  order: ProviderOrder,
  due: Due,
  buyer: Buyer | null,
  alongside: readonly Alongside[],
): Promise<Accepted> {
  const { storeId, orderId } = order;
  const { decision } = await decided(post, {
    organizationId: due.organizationId,
    requester: {
      actor: buyer === null ? PROVIDER : { type: "user", id: buyer.id, name: buyer.name },
      ip: null,
    },
    command: (origin) => ({
      kind: "credit_purchase",
      purchase: {
        storeId,
        orderId,
        credits: due.credits,
        totalMinor: BigInt(order.totalMinor),
        refundedCredits: ZERO,
        transactionSeq: null,
      },
      description: describePurchase(due.credits, order),
      metadata: purchaseMetadata(order, due.checkoutId),
      // The address was sealed for this place when the checkout was opened.
      origin: { ...origin, sealedIp: buyer?.sealedIp ?? null },
      occurredAt: order.createdAt.getTime(),
    }),
    alongside: () => alongside,
  });
  invariant(decision.kind === "accepted", "a purchase is never refused");
  return decision;
}

async function refund(
  { post, store }: Dependencies,
  event: EventRecord,
  order: ProviderOrder,
  due: { readonly organizationId: string; readonly refundedMinor: bigint },
): Promise<Booking> {
  const { organizationId, refundedMinor } = due;
  const { decision } = await decided(post, {
    organizationId,
    requester: { actor: PROVIDER, ip: null },
    command: (origin) => ({
      kind: "refund_purchase",
      storeId: order.storeId,
      orderId: order.orderId,
      orderNumber: order.orderNumber,
      refundedMinor,
      origin,
    }),
    alongside: () => [
      store.recordingEvent(event, PROCESSED),
      store.notingRefund(order, refundedMinor),
      store.resolvingEvents(order, refundedMinor),
    ],
  });
  invariant(decision.kind === "accepted", "the ledger has the order that is refunded");
  return { ...PROCESSED, posted: decision.repeated ? [] : ["refund"] };
}

async function decided(post: PostCommand, request: Parameters<PostCommand>[0]) {
  const outcome = await post(request);
  invariant(outcome.kind === "decided", "nothing is stored under a key here");
  return outcome;
}

function greatest(one: bigint | null, other: bigint | null): bigint | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}
