import type { FastifyReply, FastifyRequest } from "fastify";
import type { IdempotentAnswer } from "../application/ports.ts";
import type { Posted, Requester } from "../application/post-command.ts";
import type { Accepted, Context, Decision } from "../domain/charging/command.ts";
import { fingerprintOf, idempotencyKeyOf } from "./answer-change.ts";
import { refusalDocument } from "./problems.ts";
import { sendStored } from "./stored-answer.ts";

/** How a route shows an accepted command. */
export type View = (
  accepted: Accepted,
  context: Context,
) => { readonly status: 200 | 201; readonly body: object };

/** Posts a command through the engine and answers it: its view when it was accepted, a problem when it was refused, and
 *  the stored bytes when its Idempotency-Key was answered before. The engine keeps the answer in the command's own
 *  transaction, so that a crash can't come between them. */
export async function answerCommand(
  request: FastifyRequest,
  reply: FastifyReply,
  view: View,
  post: (extra: { requester: Requester; idempotency?: IdempotentAnswer }) => Promise<Posted>,
): Promise<FastifyReply> {
  const answer = (decision: Decision, context: Context) => render(request, reply, view, decision, context);
  const key = idempotencyKeyOf(request);
  const idempotency =
    key === null ? {} : { idempotency: { key, fingerprint: fingerprintOf(request), answer } };
  const posted = await post({ requester: requesterOf(request), ...idempotency });
  if (posted.kind === "replayed") return sendStored(reply, { ...posted, isReplayed: true });
  if (posted.decision.kind === "refused" && "retryAfterSeconds" in posted.decision.refusal) {
    reply.header("retry-after", String(posted.decision.refusal.retryAfterSeconds));
  }
  return sendStored(reply, { ...answer(posted.decision, posted.context), isReplayed: false });
}

export function requesterOf(request: FastifyRequest): Requester {
  return { actor: request.actor, ip: request.ip };
}

function render(
  request: FastifyRequest,
  reply: FastifyReply,
  view: View,
  decision: Decision,
  context: Context,
): { status: number; body: string } {
  if (decision.kind === "refused") {
    const document = refusalDocument(decision.refusal, request.id);
    return { status: document.status, body: JSON.stringify(document) };
  }
  const { status, body } = view(decision, context);
  const write = reply.getSerializationFunction(String(status));
  return { status, body: write === undefined ? JSON.stringify(body) : String(write({ ...body })) };
}
