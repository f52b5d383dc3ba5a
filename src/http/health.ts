import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { z } from "zod";
import { sendProblem } from "./problems.ts";
import type { ZodServer } from "./zod-server.ts";

/** Liveness, readiness and metrics, for whatever runs the service. */
export function registerHealthRoutes(server: ZodServer, { registry, probe }: HealthDependencies): void {
  const alive = z.object({ success: z.literal(true), status: z.literal("ok") });
  server.get(
    "/healthz",
    {
      config: { action: "public" },
      schema: { tags: ["Health"], summary: "The process runs", response: { 200: alive } },
    },
    async () => ({ success: true as const, status: "ok" as const }),
  );
  server.get(
    "/readyz",
    {
      config: { action: "public" },
      schema: {
        tags: ["Health"],
        summary: "The database answers and its migrations are applied",
        response: { 200: alive },
      },
    },
    async (_request, reply) => {
      const readiness = await probe();
      if (readiness.isReady) return reply.send({ success: true, status: "ok" });
      return sendProblem(reply, "unavailable", { detail: readiness.reason, retry_after_seconds: 1 });
    },
  );
  registerMetrics(server, registry);
}

export type HealthDependencies = {
  readonly registry: Registry;
  /** Never throws: an unreachable database is a reason. */
  readonly probe: () => Promise<
    { readonly isReady: true } | { readonly isReady: false; readonly reason: string }
  >;
};

function registerMetrics(server: FastifyInstance, registry: Registry): void {
  server.get(
    "/metrics",
    {
      config: { action: "public" },
      schema: { tags: ["Health"], summary: "Metrics in Prometheus's text format" },
    },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );
}
