import { ownerByName, ownerOfFoundOrder } from "./order-owner.ts";
import type { EventView, PaymentEvent, PaymentProvider, PaymentStore, StoredEvent } from "./payment-ports.ts";
import type { MoneyPorts } from "./ports.ts";
import { bookEvent, EVENT_BODY, type ReceiveDependencies } from "./receive-payment-event.ts";
import { reconciledEvent } from "./reconciled-event.ts";

/** Decides an event again, as the operator asks after having mended what it failed on. An order that named no
 *  organization can be given to one. What is processed already stays as it is.
 *  Refuses "event_not_found", "unknown_organization", "event_erased" (its key was destroyed, and it names no order) and,
 *  where the order has to be read anew, the provider's failures. */
export type ReplayPaymentEvent = (request: {
  readonly eventId: string;
  readonly organizationId: string | null;
}) => Promise<Replayed>;

export type Replayed =
  | { readonly kind: "replayed"; readonly event: EventView }
  | { readonly kind: "event_not_found" | "unknown_organization" | "event_erased" }
  | {
      readonly kind: "provider_down" | "provider_refused" | "provider_garbled";
      readonly reason: string;
    };

type Dependencies = ReceiveDependencies & {
  readonly store: PaymentStore;
  readonly provider: Pick<PaymentProvider, "getOrder"> | null;
  readonly open: MoneyPorts["open"];
  /** Reads a body that was an event when it came in. */
  readonly readEvent: (body: string) => PaymentEvent;
};

export function createReplayPaymentEvent(dependencies: Dependencies): ReplayPaymentEvent {
  const { store, organizationExists, open, readEvent } = dependencies;
  return async ({ eventId, organizationId }) => {
    const stored = await store.findEvent(eventId);
    if (stored === null) return { kind: "event_not_found" };
    if (organizationId !== null && !(await organizationExists(organizationId))) {
      return { kind: "unknown_organization" };
    }
    if (stored.status === "processed") return { kind: "replayed", event: stored };
    const body =
      stored.sealed === null ? null : await open(stored.sealed.for, EVENT_BODY, stored.sealed.body);
    if (body === null) {
      const failure = await bookAnew(dependencies, stored, organizationId);
      if (failure !== null) return failure;
    } else {
      await bookEvent(dependencies, readEvent(body), { assignedTo: organizationId, isDelivery: false });
    }
    return { kind: "replayed", event: (await store.findEvent(eventId)) ?? stored };
  };
}

/** What reconciliation found has no body, and an erased organization's events have none any more: the order is read
 *  again. */
async function bookAnew(
  dependencies: Dependencies,
  stored: StoredEvent,
  organizationId: string | null,
): Promise<Exclude<Replayed, { kind: "replayed" }> | null> {
  const { provider, bookOrder } = dependencies;
  if (provider === null || stored.orderId === null) return { kind: "event_erased" };
  const answer = await provider.getOrder(stored.orderId);
  if (answer.kind !== "ok") return { kind: answer.kind, reason: answer.reason };
  const { order } = answer;
  const owner =
    organizationId === null
      ? await ownerOfFoundOrder(dependencies, order)
      : await ownerByName(dependencies, { organizationId, checkoutId: null });
  await bookOrder({ news: "reconciled", order, owner, event: reconciledEvent(order) });
  return null;
}
