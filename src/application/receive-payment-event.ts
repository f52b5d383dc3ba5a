import { createHash } from "node:crypto";
import { assertNever } from "../domain/assert.ts";
import { type OrderOwner, refundedMinorOf } from "../domain/payments/decide-order.ts";
import type { BookOrder } from "./book-order.ts";
import { ownerByName } from "./order-owner.ts";
import type { EventInbox, EventRecord, EventVerdict, PaymentEvent } from "./payment-ports.ts";
import type { MoneyPorts } from "./ports.ts";

/** Records a webhook whose signature was checked, and does what it asks for, durably before it resolves. The same body
 *  again is the same event: it is counted, and tried again only while it is not processed. */
export type ReceivePaymentEvent = (event: PaymentEvent) => Promise<EventVerdict>;

export type ReceiveDependencies = {
  readonly store: Pick<EventInbox, "recordEvent">;
  readonly bookOrder: BookOrder;
  readonly seal: MoneyPorts["seal"];
  /** Whether an organization's key was destroyed. */
  readonly isErased: (organizationId: string) => Promise<boolean>;
  readonly organizationExists: (organizationId: string) => Promise<boolean>;
};

export function createReceivePaymentEvent(dependencies: ReceiveDependencies): ReceivePaymentEvent {
  return (event) => bookEvent(dependencies, event, { assignedTo: null, isDelivery: true });
}

/** Where the sealed body of an event belongs. */
export const EVENT_BODY = "lemon_squeezy_event.body";

/** @param how.assignedTo the organization that the operator gives the order to, whatever it names. */
export async function bookEvent(
  dependencies: ReceiveDependencies,
  event: PaymentEvent,
  how: { readonly assignedTo: string | null; readonly isDelivery: boolean },
): Promise<EventVerdict> {
  const { store, bookOrder } = dependencies;
  const owner = await ownerOf(dependencies, event, how.assignedTo);
  const record = await recordOf(dependencies, event, owner, how.isDelivery);
  const { content } = event;
  switch (content.kind) {
    case "order": {
      const { status, reason } = await bookOrder({ ...content, owner, event: record });
      return { status, reason };
    }
    case "unreadable_order": {
      const verdict = { status: "failed", reason: `the order cannot be read: ${content.reason}` } as const;
      await store.recordEvent(record, verdict);
      return verdict;
    }
    case "other": {
      const verdict = { status: "ignored", reason: "events of this kind change nothing here" } as const;
      await store.recordEvent(record, verdict);
      return verdict;
    }
    default:
      return assertNever(content);
  }
}

function ownerOf(
  dependencies: ReceiveDependencies,
  { content }: PaymentEvent,
  assignedTo: string | null,
): Promise<OrderOwner> {
  const nobody = { organizationId: null, checkoutId: null };
  const named = content.kind === "order" ? content.named : nobody;
  // Its checkout is another organization's when an order is given away, and then it names no buyer of this one.
  return ownerByName(
    dependencies,
    assignedTo === null ? named : { organizationId: assignedTo, checkoutId: named.checkoutId },
  );
}

async function recordOf(
  { seal, isErased }: ReceiveDependencies,
  event: PaymentEvent,
  owner: OrderOwner,
  isDelivery: boolean,
): Promise<EventRecord> {
  const { content } = event;
  const order = content.kind === "order" ? content.order : null;
  // With the organization's key where there is one, so that erasing it erases this too.
  const sealedFor = owner.kind === "organization" ? owner.organizationId : "system";
  const isRefund = content.kind === "order" && content.news === "order_refunded";
  return {
    id: `evt_${createHash("sha256").update(event.body).digest("hex").slice(0, 32)}`,
    eventName: event.eventName,
    storeId: order?.storeId ?? null,
    orderId: orderIdOf(content),
    testMode: event.testMode,
    refundedMinor: isRefund ? refundedMinorOf(content.order) : null,
    named: content.kind === "order" ? content.named : { organizationId: null, checkoutId: null },
    // Of an erased organization no body is kept: its order can be read at the provider. The books go on.
    sealed: (await isErased(sealedFor))
      ? null
      : { for: sealedFor, body: await seal(sealedFor, EVENT_BODY, event.body) },
    isDelivery,
  };
}

function orderIdOf(content: PaymentEvent["content"]): string | null {
  switch (content.kind) {
    case "order":
      return content.order.orderId;
    case "unreadable_order":
      return content.orderId;
    case "other":
      // The object of another event is no order: a subscription's number must not look like one.
      return null;
    default:
      return assertNever(content);
  }
}
