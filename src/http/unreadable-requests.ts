import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { PROBLEM_MEDIA_TYPE, problemDocument } from "./problems.ts";
import { newRequestId } from "./request-id.ts";

/** Answers what is no HTTP at all, so that whoever sent it reads the same kind of refusal as everywhere else. The
 *  connection ends: where its next request would begin, nobody can say. */
export function refuseUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const detail = DETAILS.get(error.code ?? "") ?? "The request is not valid HTTP.";
  const requestId = newRequestId({ headers: {} });
  const body = JSON.stringify(problemDocument("malformed", requestId, { detail }));
  if (socket.writable) socket.write(answerOf(body, requestId));
  socket.destroySoon();
}

const DETAILS: ReadonlyMap<string, string> = new Map([
  ["HPE_HEADER_OVERFLOW", "The headers are larger than 16 KiB."],
  ["ERR_HTTP_REQUEST_TIMEOUT", "The request was not complete in time."],
]);

function answerOf(body: string, requestId: string): string {
  return [
    `HTTP/1.1 400 ${STATUS_CODES[400]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
