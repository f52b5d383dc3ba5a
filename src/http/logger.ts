import { trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, pino } from "pino";

/** The service's log: one JSON object a line, with request ids, trace ids where traces are made, and without secrets or the
 *  contents of rows. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(1)): Logger {
  const options = {
    level,
    mixin: traceFields,
    serializers: { err: withoutRowContents },
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

/** PostgreSQL tells the values of a row that broke a rule: an email address, a digest. Which rule is said elsewhere. */
function withoutRowContents(error: Error): object {
  const { detail: _, where: __, ...rest } = pino.stdSerializers.err(error);
  return rest;
}

const SECRET_HEADERS = ["authorization", "cookie", "set-cookie", "x-signature", "set-auth-token"];
