import type { Logger } from "pino";
import type { ReconcileOrders, Reconciliation } from "../application/reconcile-orders.ts";

/** Reconciles at once, waiting for the lease of a process that died, and then again and again with a pause in between.
 *  A run that fails is logged, and the next one comes all the same. `stop` ends the one under way at its next step. */
export function reconcileOnSchedule(
  reconcileOrders: ReconcileOrders,
  everyMs: number,
  log: Pick<Logger, "info" | "warn">,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running = run(FIRST_WAIT_MS);

  async function run(waitMs: number): Promise<void> {
    try {
      tell(log, await reconcileOrders({ waitMs, signal: stopping.signal }));
    } catch (error) {
      log.warn({ err: error }, "reconciliation failed; it will run again");
    }
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      running = run(0);
    }, everyMs);
  }

  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

/** Longer than a dead process's lease lasts. */
const FIRST_WAIT_MS = 30_000;

function tell(log: Pick<Logger, "info" | "warn">, outcome: Reconciliation): void {
  if (outcome.kind === "running_elsewhere") return;
  if (outcome.kind === "provider_failed") log.warn(outcome, "reconciliation was cut short");
  else if (outcome.credited + outcome.refunded > 0)
    log.info(outcome, "reconciliation found what was missing");
}
