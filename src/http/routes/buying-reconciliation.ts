import { z } from "zod";
import type { ReconciliationView } from "../../application/payment-ports.ts";
import { timeOutput } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";

/** How our books compare with the payment provider's, as the operator sees it. */
export function registerReconciliationRoute(
  server: ZodServer,
  dependencies: ReconciliationDependencies,
): void {
  server.get(
    "/lemon-squeezy/reconciliation",
    {
      config: { action: "view_webhook_events" },
      schema: {
        tags: ["Buying"],
        summary: "How the last reconciliation with the payment provider ended",
        description:
          "credited and refunded are entries it posted because no webhook had; failed and unreadable need a person. open is " +
          "what waits now, whoever brought it: see webhook-events with that status.",
        response: { 200: reconciliationSchema },
      },
    },
    async () => {
      const [found, open] = await Promise.all([
        dependencies.findReconciliation(),
        dependencies.countOpenEvents(),
      ]);
      return {
        success: true as const,
        is_running: found?.isRunning ?? false,
        walked_until: found?.walkedUntil?.toISOString() ?? null,
        last_run: lastRunOf(found),
        open,
      };
    },
  );
}

export type ReconciliationDependencies = {
  readonly findReconciliation: () => Promise<ReconciliationView | null>;
  readonly countOpenEvents: () => Promise<{ readonly parked: number; readonly failed: number }>;
};

function lastRunOf(found: ReconciliationView | null) {
  if (found === null || found.lastRun === null) return null;
  const { endedAt, outcome, reason, counts } = found.lastRun;
  return { ended_at: endedAt.toISOString(), outcome, reason, counts };
}

const reconciliationSchema = z.strictObject({
  success: z.literal(true),
  is_running: z.boolean(),
  walked_until: timeOutput.nullable(),
  last_run: z
    .strictObject({
      ended_at: timeOutput,
      outcome: z.enum(["complete", "stopped", "provider_failed"]),
      reason: z.string().nullable(),
      counts: z.record(z.string(), z.number()),
    })
    .nullable(),
  open: z.strictObject({ parked: z.number(), failed: z.number() }),
});
