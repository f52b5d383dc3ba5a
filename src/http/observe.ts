import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Histogram, type Registry } from "prom-client";

/** Measures and logs every answer: durations by route for Prometheus, one log line for what failed (successes only at
 *  level debug, because a busy runtime would drown the log). */
export function installObservation(server: FastifyInstance, registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: "airtime_http_request_duration_seconds",
    help: "Time from the request's first byte to the answer's last, by route.",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  // With a callback: a promise for each of these would cost more than what they do.
  server.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
  server.addHook("onResponse", (request, reply, done) => {
    // The pattern, not the path: ids in labels would grow without end.
    const route = request.routeOptions.url ?? "unknown";
    const status = reply.statusCode;
    duration.observe({ method: request.method, route, status }, reply.elapsedTime / 1_000);
    const organizationId = request.caller?.organizationId ?? undefined;
    const durationMs = Math.round(reply.elapsedTime);
    const line = { method: request.method, route, status, durationMs, organizationId };
    if (status >= 400) request.log.info(line, "refused");
    else request.log.debug(line, "answered");
    done();
  });
}
