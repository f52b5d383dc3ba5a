import type { FastifyReply } from "fastify";
import { PROBLEM_MEDIA_TYPE } from "./problems.ts";

/** Sends an answer whose text is already fixed: one kept under an Idempotency-Key is repeated byte for byte. */
export function sendStored(reply: FastifyReply, answer: StoredReply): FastifyReply {
  if (answer.isReplayed) reply.header("idempotent-replayed", "true");
  const mediaType = answer.status < 400 ? "application/json; charset=utf-8" : PROBLEM_MEDIA_TYPE;
  return reply.code(answer.status).type(mediaType).send(answer.body);
}

export type StoredReply = { readonly status: number; readonly body: string; readonly isReplayed: boolean };
