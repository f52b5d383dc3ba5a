import type { OrderNews, ProviderOrder } from "../domain/payments/decide-order.ts";
import type { CreditPackage } from "../domain/payments/packages.ts";
import type { Alongside } from "./ports.ts";

/** What the use cases around buying need from outside; storage/ and payments/ implement it. */

/** The payment provider. Expected failures are values. */
export type PaymentProvider = {
  createCheckout(
    request: ProviderCheckoutRequest,
  ): Promise<
    { readonly kind: "ok"; readonly providerCheckoutId: string; readonly url: string } | ProviderFailure
  >;
  getOrder(
    orderId: string,
  ): Promise<{ readonly kind: "ok"; readonly order: ProviderOrder } | ProviderFailure>;
  /** Newest first, pages from 1; pages shift while orders arrive. */
  listOrders(page: number): Promise<({ readonly kind: "ok" } & ProviderOrderPage) | ProviderFailure>;
};

/** `provider_down`: later may work. The others: the same request will fail again. */
export type ProviderFailure = {
  readonly kind: "provider_down" | "provider_refused" | "provider_garbled";
  readonly status: number | null;
  readonly reason: string;
};

export type ProviderCheckoutRequest = {
  readonly variantId: string;
  readonly redirectUrl: string;
  readonly expiresAt: Date;
  readonly testMode: boolean;
  readonly buyer: { readonly name: string; readonly email: string };
  readonly custom: {
    readonly checkout_id: string;
    readonly organization_id: string;
    readonly user_id: string;
  };
};

export type ProviderOrderPage = {
  readonly orders: readonly ProviderOrder[];
  readonly unreadable: readonly { readonly orderId: string | null; readonly reason: string }[];
  readonly lastPage: number;
};

/** A webhook whose signature was checked. @param body the text as it came; its digest is what makes it itself. */
export type PaymentEvent = {
  readonly eventName: string;
  readonly testMode: boolean;
  readonly body: string;
  readonly content:
    | {
        readonly kind: "order";
        readonly news: Exclude<OrderNews, "reconciled">;
        readonly order: ProviderOrder;
        readonly named: NamedInEvent;
      }
    | { readonly kind: "unreadable_order"; readonly orderId: string | null; readonly reason: string }
    | { readonly kind: "other"; readonly objectId: string | null };
};

/** What the order's custom data names, whether it exists or not. */
export type NamedInEvent = { readonly organizationId: string | null; readonly checkoutId: string | null };

export type EventStatus = "processed" | "ignored" | "parked" | "failed";
export type EventVerdict = { readonly status: EventStatus; readonly reason: string | null };

/** A row of the inbox before anything is decided about it. */
export type EventRecord = {
  readonly id: string;
  readonly eventName: string;
  readonly storeId: string | null;
  readonly orderId: string | null;
  readonly testMode: boolean;
  readonly refundedMinor: bigint | null;
  readonly named: NamedInEvent;
  readonly sealed: { readonly for: string; readonly body: string } | null;
  /** False for reconciliation and replays, which nobody delivered. */
  readonly isDelivery: boolean;
};

export type EventView = {
  readonly id: string;
  readonly eventName: string;
  readonly orderId: string | null;
  readonly testMode: boolean;
  readonly status: EventStatus;
  readonly reason: string | null;
  readonly deliveries: number;
  readonly receivedAt: Date;
};

export type StoredEvent = EventView & {
  readonly sealed: { readonly for: string; readonly body: string } | null;
};

export type OrderKey = { readonly storeId: string; readonly orderId: string };

export type EventInbox = {
  /** Records an event that changes no balance. One already processed stays so. */
  recordEvent(event: EventRecord, verdict: EventVerdict): Promise<void>;
  /** The same, to commit with a command. */
  recordingEvent(event: EventRecord, verdict: EventVerdict): Alongside;
  /** Marks what waited for or failed on an order as processed: everything but refunds when the order is credited,
   *  and refunds up to `refundedMinor` when they are carried out. */
  resolvingEvents(order: OrderKey, refundedMinor: bigint | null): Alongside;
  /** The largest cumulative refund that waits for its order; null when none does. */
  findParkedRefund(order: OrderKey): Promise<bigint | null>;
  /** What webhooks about an order named; null when none has come in. */
  findNamed(order: OrderKey): Promise<NamedInEvent | null>;
  findEvent(id: string): Promise<StoredEvent | null>;
  listEvents(page: {
    limit: number;
    offset: number;
    /** Only these; all without it. */
    status?: EventStatus | undefined;
    orderId?: string | undefined;
  }): Promise<{ events: readonly EventView[]; total: number }>;
};

export type KnownOrder = {
  readonly orderId: string;
  readonly organizationId: string;
  readonly checkoutId: string | null;
  readonly isCredited: boolean;
  readonly refundedMinor: bigint | null;
};

export type OrderStore = {
  /** Gives the order to an organization unless it has one; answers whose it is. */
  claimOrder(
    claim: OrderKey & { organizationId: string; checkoutId: string | null; orderedAt: Date },
  ): Promise<{ readonly organizationId: string; readonly checkoutId: string | null }>;
  /** Those of the orders that somebody claimed. */
  findKnownOrders(storeId: string, orderIds: readonly string[]): Promise<readonly KnownOrder[]>;
  /** Notes a refund that is carried out, to commit with it. */
  notingRefund(order: OrderKey, refundedMinor: bigint): Alongside;
  noteChecked(storeId: string, orderIds: readonly string[]): Promise<void>;
  /** Orders that may have changed without moving in the provider's list: parked ones, and credited ones not refunded
   *  in full and not checked since `notCheckedSince`, longest unchecked first; up to `limit` of each, none from before
   *  `orderedAfter`. One may be named twice. */
  listOrdersToCheck(query: {
    storeId: string;
    orderedAfter: Date;
    notCheckedSince: Date;
    limit: number;
  }): Promise<readonly string[]>;
};

export type CheckoutDraft = {
  readonly organizationId: string;
  readonly id: string;
  readonly variantId: string;
  readonly buyer: { readonly id: string; readonly name: string };
  readonly sealedIp: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

export type CheckoutState = {
  readonly expiresAt: Date;
  /** The purchases it brought, first one first. */
  readonly purchases: readonly { readonly transactionSeq: bigint; readonly isRefunded: boolean }[];
};

export type Buyer = { readonly id: string; readonly name: string; readonly sealedIp: string | null };

export type CheckoutStore = {
  insertCheckout(checkout: CheckoutDraft): Promise<void>;
  noteProviderCheckout(organizationId: string, id: string, providerCheckoutId: string): Promise<void>;
  deleteCheckout(organizationId: string, id: string): Promise<void>;
  findCheckout(organizationId: string, id: string): Promise<CheckoutState | null>;
  findBuyer(organizationId: string, checkoutId: string): Promise<Buyer | null>;
  /** The time in which a checkout could be paid. */
  findOpening(organizationId: string, checkoutId: string): Promise<CheckoutOpening | null>;
  /** Checkouts for this variant by people with this address, valid at that time; the latest first. */
  listFittingCheckouts(order: {
    email: string;
    variantId: string;
    at: Date;
  }): Promise<readonly { readonly organizationId: string; readonly checkoutId: string }[]>;
  earliestCheckoutAt(): Promise<Date | null>;
};

export type CheckoutOpening = { readonly createdAt: Date; readonly expiresAt: Date };

export type PackageHistory = {
  /** Notes what is on sale from now on. What has not changed is not noted again. */
  notePackages(storeId: string, packages: readonly CreditPackage[]): Promise<void>;
  /** What every variant ever on sale was sold as then; one that was first sold later, as it was first sold. */
  listPackagesAt(storeId: string, at: Date): Promise<readonly CreditPackage[]>;
};

export type ReconciliationLease = {
  /** Takes or keeps the store's lease; null while another holder has it, else up to when all orders were seen, and what
   *  the time is for all holders alike. */
  takeLease(lease: {
    storeId: string;
    holder: string;
    durationMs: number;
  }): Promise<{ readonly walkedUntil: Date | null; readonly now: Date } | null>;
  /** @param walkedUntil null leaves it as it was. */
  releaseLease(lease: { storeId: string; holder: string; walkedUntil: Date | null }): Promise<void>;
};

/** How a reconciliation ended, for the operator, whichever process ran it. */
export type ReconciliationRun = {
  readonly outcome: "complete" | "stopped" | "provider_failed";
  readonly reason: string | null;
  readonly counts: Readonly<Record<string, number>>;
};

export type ReconciliationRecord = {
  noteRun(storeId: string, run: ReconciliationRun): Promise<void>;
  /** Null before the first one. */
  findReconciliation(storeId: string): Promise<ReconciliationView | null>;
  /** How many events wait for something, or for a person. */
  countOpenEvents(): Promise<{ readonly parked: number; readonly failed: number }>;
};

export type ReconciliationView = {
  readonly isRunning: boolean;
  /** All orders of the provider from before are booked. */
  readonly walkedUntil: Date | null;
  readonly lastRun: (ReconciliationRun & { readonly endedAt: Date }) | null;
};

export type PaymentStore = EventInbox &
  OrderStore &
  CheckoutStore &
  PackageHistory &
  ReconciliationLease &
  ReconciliationRecord;
