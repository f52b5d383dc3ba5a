import type { FastifyReply, FastifyRequest } from "fastify";
import { fingerprintOf, idempotencyKeyOf } from "./answer-change.ts";
import { sendInvalid, sendProblem } from "./problems.ts";
import { sendStored } from "./stored-answer.ts";

/** Stores an answer by (organization, key), and gives it again to the same key and fingerprint. Concurrent requests
 *  with one key wait for the first. The work is repeatable by its natural ids, so it need not share the transaction. */
export type AnswerOnce = (
  request: { readonly scope: string; readonly key: string; readonly fingerprint: string },
  work: () => Promise<{ status: number; body: string }>,
) => Promise<
  | { readonly status: number; readonly body: string; readonly isReplayed: boolean }
  | { readonly kind: "idempotency_key_reused" }
>;

/** Does work that is repeatable in itself and answers it, once for each Idempotency-Key. */
export async function answerOnce(
  request: FastifyRequest,
  reply: FastifyReply,
  store: AnswerOnce,
  work: () => Promise<{ status: number; body: object }>,
): Promise<FastifyReply> {
  const written = async () => {
    const { status, body } = await work();
    const write = reply.getSerializationFunction(String(status));
    return { status, body: write === undefined ? JSON.stringify(body) : String(write({ ...body })) };
  };
  const key = idempotencyKeyOf(request);
  if (key === null) return sendStored(reply, { ...(await written()), isReplayed: false });
  if (key.length === 0 || key.length > 255) {
    return sendInvalid(reply, [{ path: "Idempotency-Key", message: "Must have 1 to 255 characters" }]);
  }
  const scope = request.organizationId;
  const answer = await store({ scope, key, fingerprint: fingerprintOf(request) }, written);
  return "kind" in answer ? sendProblem(reply, answer.kind) : sendStored(reply, answer);
}
