import { type Logger, pino } from "pino";

/** The service's log: one JSON object a line, with request ids and without secrets. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    redact: {
      paths: SECRET_HEADERS.flatMap((header) => [`headers["${header}"]`, `req.headers["${header}"]`]),
      censor: "[secret]",
    },
  });
}

const SECRET_HEADERS = ["authorization", "cookie", "set-cookie", "x-signature", "set-auth-token"];
