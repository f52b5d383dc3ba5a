import { Counter, Gauge, type Registry } from "prom-client";
import type { ReconciliationRecord } from "../application/payment-ports.ts";
import type { ReconcileOrders } from "../application/reconcile-orders.ts";

/** Counts what reconciliation does. Whatever it posts is drift: a webhook should have brought it. */
export function measureReconciliation(reconcileOrders: ReconcileOrders, registry: Registry): ReconcileOrders {
  const registers = [registry];
  const runs = new Counter({
    name: "airtime_reconciliation_runs_total",
    help: "Reconciliations with the payment provider that this process ran, by how they ended.",
    labelNames: ["outcome"],
    registers,
  });
  const drift = new Counter({
    name: "airtime_reconciliation_drift_total",
    help: "What reconciliation found: entries it posted, orders that wait, that failed or that cannot be read.",
    labelNames: ["kind"],
    registers,
  });
  const completedAt = new Gauge({
    name: "airtime_reconciliation_completed_timestamp_seconds",
    help: "When this process last completed a reconciliation; 0 before the first.",
    registers,
  });
  return async (request) => {
    const outcome = await reconcileOrders(request);
    runs.inc({ outcome: outcome.kind });
    if (outcome.kind === "running_elsewhere") return outcome;
    const { credited, refunded, parked, failed, unreadable } = outcome;
    for (const [kind, count] of Object.entries({ credited, refunded, parked, failed, unreadable })) {
      drift.inc({ kind }, count);
    }
    if (outcome.kind === "complete") completedAt.setToCurrentTime();
    return outcome;
  };
}

/** Shows how many payment events wait, counted whenever somebody looks.
 *  @param onFault told when they cannot be counted; the metrics then show what was last known. */
export function measureOpenEvents(
  store: Pick<ReconciliationRecord, "countOpenEvents">,
  registry: Registry,
  onFault: (error: unknown) => void,
): void {
  new Gauge({
    name: "airtime_payment_events_open",
    help: "Payment events that are parked, or failed and need a person.",
    labelNames: ["status"],
    registers: [registry],
    async collect() {
      try {
        const { parked, failed } = await store.countOpenEvents();
        this.set({ status: "parked" }, parked);
        this.set({ status: "failed" }, failed);
      } catch (error) {
        onFault(error);
      }
    },
  });
}
