import { randomFillSync } from "node:crypto";
import type { FastifyRequest } from "fastify";

/** The caller's own id when it is harmless in logs and headers, so that one request can be followed across systems. */
export function newRequestId(request: Pick<FastifyRequest["raw"], "headers">): string {
  const given = request.headers["x-request-id"];
  if (typeof given === "string" && /^[\w.:-]{1,100}$/.test(given)) return given;
  if (taken === stock.length) {
    randomFillSync(stock);
    taken = 0;
  }
  taken += ID_BYTES;
  return `req_${stock.toString("hex", taken - ID_BYTES, taken)}`;
}

const ID_BYTES = 12;
// Asking the system for a few random bytes costs as much as for thousands.
const stock = Buffer.alloc(ID_BYTES * 512);
let taken = stock.length;
