import type { FastifyReply, FastifyRequest } from "fastify";

/** What is added to a route so that the audit log hears of it. With callbacks: a promise for each would cost more. */
export type AuditHooks = {
  readonly preValidation?: Hook;
  readonly preHandler?: Hook;
  readonly onSend?: OnSend;
  readonly onResponse?: Hook;
};

type OnSend = (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error?: Error | null, payload?: unknown) => void,
) => void;
type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

/** What was done is done and its answer is due, even when it can't be written down. */
export function finishing(request: FastifyRequest, writing: Promise<void>): Promise<void> {
  return writing.catch((error) => request.log.error({ err: error }, "the audit log could not be written"));
}
