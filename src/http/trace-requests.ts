import { type Context, context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** Makes each request a span, below the caller's own where it sends a `traceparent`; what is done for it becomes part of
 *  its trace. Upgrades are left out: a live stream has no end that a trace could wait for. */
export function installTracing(server: FastifyInstance): void {
  const tracer = trace.getTracer("airtime");
  const contexts = new WeakMap<FastifyRequest, Context>();
  // What comes in by events of the connection, such as a body, knows nothing of its request: it is led back to it.
  const resume = (request: FastifyRequest, _reply: unknown, done: () => void) =>
    context.with(contexts.get(request) ?? context.active(), done);

  server.addHook("onRequest", (request, reply, done) => {
    if (request.headers.upgrade !== undefined) return done();
    const caller = propagation.extract(context.active(), request.headers);
    const route = request.routeOptions.url;
    const attributes = {
      "http.request.method": request.method,
      "http.route": route,
      "url.path": request.url.split("?", 1)[0],
      "airtime.request_id": request.id,
    };
    const name = `${request.method} ${route ?? "unknown"}`;
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, caller);
    contexts.set(request, trace.setSpan(caller, span));
    resume(request, reply, done);
  });
  server.addHook("preValidation", resume);
  server.addHook("onError", async (request, _reply, error) => {
    spanOf(contexts, request)?.recordException(error);
  });
  server.addHook("onResponse", (request, reply, done) => {
    const span = spanOf(contexts, request);
    span?.setAttribute("http.response.status_code", reply.statusCode);
    const organizationId = request.caller?.organizationId;
    if (organizationId) span?.setAttribute("airtime.organization_id", organizationId);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    resume(request, reply, done);
  });
}

function spanOf(contexts: WeakMap<FastifyRequest, Context>, request: FastifyRequest) {
  const within = contexts.get(request);
  return within === undefined ? undefined : trace.getSpan(within);
}
