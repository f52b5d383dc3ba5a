import type { FastifyReply } from "fastify";

/** Sends an answer whose text is already fixed: one kept under an Idempotency-Key is repeated byte for byte. */
export function sendStored(reply: FastifyReply, answer: StoredReply): FastifyReply {
  if (answer.isReplayed) reply.header("idempotent-replayed", "true");
  return reply.code(answer.status).type("application/json; charset=utf-8").send(answer.body);
}

export type StoredReply = { readonly status: number; readonly body: string; readonly isReplayed: boolean };
