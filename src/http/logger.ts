import { trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, pino } from "pino";

/** The service's log: one JSON object a line, with request ids, trace ids where traces are made, and without secrets. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(1)): Logger {
  const options = {
    level,
    mixin: traceFields,
    redact: {
      paths: SECRET_HEADERS.flatMap((header) => [`headers["${header}"]`, `req.headers["${header}"]`]),
      censor: "[secret]",
    },
  };
  return pino(options, destination);
}

function traceFields(): object {
  const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {};
  return traceId === undefined ? {} : { trace_id: traceId, span_id: spanId };
}

const SECRET_HEADERS = ["authorization", "cookie", "set-cookie", "x-signature", "set-auth-token"];
