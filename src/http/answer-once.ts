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

export type OnceAnswer = {
  readonly status: number;
  readonly body: object;
  /** False for an answer that a later try may better, such as one that depends on the balance: it is not kept. */
  readonly isFinal?: boolean;
};

/** Does work that is repeatable in itself and answers it, once for each Idempotency-Key. */
export async function answerOnce(
  request: FastifyRequest,
  reply: FastifyReply,
  store: AnswerOnce,
  work: () => Promise<OnceAnswer>,
): Promise<FastifyReply> {
  const unkept: { status: number; body: string }[] = [];
  const written = async () => {
    const { status, body, isFinal = true } = await work();
    const write = reply.getSerializationFunction(String(status));
    const answer = { status, body: write === undefined ? JSON.stringify(body) : String(write({ ...body })) };
    if (isFinal) return answer;
    unkept.push(answer);
    // The store keeps successes only.
    return { status: NOT_KEPT, body: "" };
  };
  const key = idempotencyKeyOf(request);
  if (key !== null && (key.length === 0 || key.length > 255)) {
    return sendInvalid(reply, [{ path: "Idempotency-Key", message: "Must have 1 to 255 characters" }]);
  }
  const scope = request.organizationId;
  const answer =
    key === null
      ? { ...(await written()), isReplayed: false }
      : await store({ scope, key, fingerprint: fingerprintOf(request) }, written);
  const [passing] = unkept;
  if (passing !== undefined) return sendStored(reply, { ...passing, isReplayed: false });
  return "kind" in answer ? sendProblem(reply, answer.kind) : sendStored(reply, answer);
}

const NOT_KEPT = 503;
