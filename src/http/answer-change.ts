import type { FastifyReply, FastifyRequest } from "fastify";
import type { AnswerStore, ChangeStore } from "../application/identity-ports.ts";
import { digestOfJson } from "./digest.ts";
import { type ProblemCode, type ProblemFacts, sendInvalid, sendProblem, statusOf } from "./problems.ts";
import { sendStored } from "./stored-answer.ts";

/** Makes a change in one transaction and answers it. With an Idempotency-Key the change is made at most once: the same
 *  request again gets the same bytes, another request with that key 409 "idempotency_key_reused". Refusals are not
 *  kept. For changes outside the ledger; the posting engine has the same rule of its own. */
export async function answerChange(
  request: FastifyRequest,
  reply: FastifyReply,
  answers: AnswerStore,
  change: (store: ChangeStore) => Promise<ChangeOutcome>,
): Promise<FastifyReply> {
  const key = idempotencyKeyOf(request);
  if (key !== null && (key.length === 0 || key.length > KEY_LENGTH_MAX)) {
    return sendInvalid(reply, [
      { path: "Idempotency-Key", message: `Must have 1 to ${KEY_LENGTH_MAX} characters` },
    ]);
  }
  const made: { outcome: ChangeOutcome | null } = { outcome: null };
  const work = async (store: ChangeStore) => {
    const outcome = await change(store);
    made.outcome = outcome;
    if (outcome.kind === "refused") return { status: statusOf(outcome.code), body: "" };
    if (request.trail !== null) {
      request.trail.before = outcome.before ?? null;
      await request.trail.appendTo(store, outcome.body);
    }
    return { status: outcome.status, body: serialize(reply, outcome) };
  };
  const answer =
    key === null
      ? await answers.answer(work)
      : await answers.answerOnce({ scope: scopeOf(request), key, fingerprint: fingerprintOf(request) }, work);
  if ("kind" in answer) return sendProblem(reply, answer.kind);
  if (made.outcome?.kind === "refused") return sendProblem(reply, made.outcome.code, made.outcome.facts);
  await made.outcome?.afterCommit?.();
  return sendStored(reply, answer);
}

/** What a change comes to: an answer, or a refusal that undoes it. */
export type ChangeOutcome =
  | {
      readonly kind: "done";
      readonly status: 200 | 201;
      readonly body: object;
      /** What it was before, for the audit log: the part of the body that says what it is now. */
      readonly before?: object | null;
      /** What has to follow before the answer leaves, but cannot be part of the transaction. Not repeated with it. */
      readonly afterCommit?: () => Promise<void> | void;
    }
  | { readonly kind: "refused"; readonly code: ProblemCode; readonly facts?: ProblemFacts };

/** The request's Idempotency-Key; null without one. Only POST has a use for it: the other methods are repeatable. */
export function idempotencyKeyOf(request: FastifyRequest): string | null {
  const header = request.headers["idempotency-key"];
  return request.method === "POST" && typeof header === "string" ? header : null;
}

/** What makes two requests the same one: method, path and body, however its fields are ordered. */
export function fingerprintOf(request: FastifyRequest): string {
  const parts = { method: request.method, path: request.url.split("?")[0] ?? "", body: request.body ?? null };
  return digestOfJson(parts);
}

const KEY_LENGTH_MAX = 255;

/** Keys are an organization's own; before there is one, a person's. */
function scopeOf(request: FastifyRequest): string {
  return request.caller?.organizationId ?? request.actor.id;
}

function serialize(
  reply: FastifyReply,
  { status, body }: { readonly status: number; readonly body: object },
): string {
  // With the schema of the route, so that what is kept is checked like everything else that is sent.
  const write = reply.getSerializationFunction(String(status));
  return write === undefined ? JSON.stringify(body) : String(write({ ...body }));
}
