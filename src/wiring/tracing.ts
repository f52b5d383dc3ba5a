import { context, DiagLogLevel, diag, propagation, trace } from "@opentelemetry/api";
import type { Logger } from "pino";
import type { TracesConfig } from "../config.ts";
import type { Closers } from "./foundation.ts";

/** Sends traces to a collector. Everything else knows only OpenTelemetry's API; the SDK is loaded here and only when it is
 *  asked for, and without it no hook, wrapper or watch of the traces is installed. The SDK reads its other variables
 *  (OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER …) by itself. */
export async function startTracing(traces: TracesConfig, log: Logger, closers: Closers): Promise<void> {
  const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ]);
  const warn = (message: string, ...rest: unknown[]) => log.warn({ rest }, `traces: ${message}`);
  const nothing = () => {};
  diag.setLogger(
    { error: warn, warn, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const url = `${traces.endpoint}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS_MAX });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": traces.serviceName }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  closers.push(async () => {
    // What a stopping process still has to tell is told; a collector that is away must not keep it from stopping.
    await provider
      .shutdown()
      .catch((error: unknown) => log.warn({ err: error }, "traces: not all were sent"));
    for (const api of [trace, context, propagation, diag]) api.disable();
  });
}

/** Tries included: a stopping process waits no longer for its collector. */
const EXPORT_MS_MAX = 2_000;
