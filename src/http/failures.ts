import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { InvalidInput } from "./invalid-input.ts";
import { type ProblemCode, sendInvalid, sendProblem } from "./problems.ts";

/** Turns whatever is thrown while answering into a problem document. Nothing of a fault leaves but its request id:
 *  the log has the rest. A database out of reach is 503, so that the caller knows to come back. */
export function installFailures(server: FastifyInstance, isTransient: (error: unknown) => boolean): void {
  server.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, isTransient));
}

/** For errors before routing, such as a URL that cannot be decoded. */
export function answerFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.header("x-request-id", request.id);
  sendProblem(reply, "malformed", { detail: error.message });
}

/** Raised by the parser of bodies; never seen by routes. */
export class NestedTooDeep extends Error {
  constructor() {
    super("The body nests arrays and objects too deeply.");
  }
}

const RETRY_AFTER_SECONDS = 2;

function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  isTransient: (error: unknown) => boolean,
): FastifyReply {
  if (error instanceof InvalidInput) return sendInvalid(reply, error.errors);
  if (error instanceof NestedTooDeep) return sendProblem(reply, "malformed", { detail: error.message });
  const refused = bodyProblem(error);
  if (refused !== null) return sendProblem(reply, refused);
  if (isTransient(error)) {
    request.log.warn({ err: error }, "a request could not be taken");
    return sendProblem(reply, "unavailable", {
      detail:
        "The database cannot be reached, or more is asked of it than it can take. Nothing was changed unless the same " +
        "request says so later.",
      retry_after_seconds: RETRY_AFTER_SECONDS,
    });
  }
  request.log.error({ err: error }, "a request failed");
  return sendProblem(reply, "internal", { detail: "The fault is logged under this request id." });
}

/** The problem of a body that could not be read, by the error code of the server library. */
function bodyProblem(error: unknown): ProblemCode | null {
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "string") return BODY_PROBLEMS.get(code) ?? null;
  // The JSON parser marks what it cannot read with status 400.
  return error instanceof SyntaxError && "statusCode" in error && error.statusCode === 400
    ? "malformed"
    : null;
}

const BODY_PROBLEMS: ReadonlyMap<string, ProblemCode> = new Map([
  ["FST_ERR_CTP_BODY_TOO_LARGE", "too_large"],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", "unsupported_media_type"],
  ["FST_ERR_CTP_INVALID_JSON_BODY", "malformed"],
  ["FST_ERR_CTP_EMPTY_JSON_BODY", "malformed"],
  ["FST_ERR_CTP_INVALID_CONTENT_LENGTH", "malformed"],
]);
