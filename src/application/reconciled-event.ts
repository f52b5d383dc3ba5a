import type { ProviderOrder } from "../domain/payments/decide-order.ts";
import type { EventRecord } from "./payment-ports.ts";

/** The inbox row of an order that was found, not delivered: one for each order, however often it is looked at. */
export function reconciledEvent(order: Pick<ProviderOrder, "storeId" | "orderId" | "testMode">): EventRecord {
  return {
    id: `evt_order_${order.storeId}_${order.orderId}`,
    eventName: "order_reconciled",
    storeId: order.storeId,
    orderId: order.orderId,
    testMode: order.testMode,
    refundedMinor: null,
    named: { organizationId: null, checkoutId: null },
    sealed: null,
    isDelivery: false,
  };
}
