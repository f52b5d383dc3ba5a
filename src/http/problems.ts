import type { FastifyReply } from "fastify";
import type { Refusal } from "../domain/ledger/refusal.ts";
import type { InputError } from "./invalid-input.ts";

/** Answers with a problem document (RFC 9457). The status and title come from the table below, never from the caller.
 *  @param facts what a program may act on beside the code, in snake_case: balance, retry_after_seconds, errors. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, facts: ProblemFacts = {}): FastifyReply {
  const retryAfter = facts.retry_after_seconds;
  if (typeof retryAfter === "number") reply.header("retry-after", String(Math.max(1, Math.ceil(retryAfter))));
  const document = problemDocument(code, reply.request.id, facts);
  return reply.code(document.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(document));
}

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** The problem document of a refusal, for answers that are kept before they are sent. */
export function refusalDocument(refusal: Refusal, requestId: string) {
  const { kind, ...fields } = refusal;
  return problemDocument(kind, requestId, wireFacts(fields));
}

/** The document of a problem, for answers that do not go the usual way. */
export function problemDocument(code: ProblemCode, requestId: string, facts: ProblemFacts) {
  const { detail, ...rest } = facts;
  const { status, title } = problems[code];
  return {
    success: false,
    type: `urn:airtime:problem:${code}`,
    title,
    status,
    code,
    detail: detail ?? `${title}.`,
    request_id: requestId,
    ...rest,
  };
}

/** Answers a refusal of the domain: its kind is the code, its other fields are the facts. Amounts (bigint
 *  ten-thousandths) become numbers with at most 4 decimals, times (…At, epoch ms) RFC 3339, names snake_case. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { kind, ...fields } = refusal;
  return sendProblem(reply, kind, wireFacts(fields));
}

/** Answers 422 with the errors found, each with its path in the body, query or path. */
export function sendInvalid(reply: FastifyReply, errors: readonly InputError[]): FastifyReply {
  const first = errors[0];
  const detail = first === undefined ? "The request is invalid." : `${first.path}: ${first.message}`;
  return sendProblem(reply, "invalid", { detail, errors });
}

/** HTTP status of a code, for documents that list them. */
export function statusOf(code: ProblemCode): number {
  return problems[code].status;
}

/** The problem document of a refusal inside a list of results (usage batches), where it is not the whole answer. */
export function refusalFacts(refusal: Refusal): Record<string, unknown> {
  const { kind, ...fields } = refusal;
  return { code: kind, ...wireFacts(fields) };
}

export type ProblemFacts = { readonly detail?: string; readonly [fact: string]: unknown };

/** Codes that arise at the HTTP edge or in use cases around organizations, beside the domain's refusals. */
export type HttpProblemCode =
  | "malformed"
  | "unauthenticated"
  | "forbidden"
  | "owner_only"
  | "foreign_origin"
  | "not_found"
  | "method_not_allowed"
  | "too_large"
  | "unsupported_media_type"
  | "invalid"
  | "rate_limited"
  | "internal"
  | "unavailable"
  | "invalid_signature"
  | "unknown_variant"
  | "payment_provider_error"
  | "already_member"
  | "owner_required"
  | "price_date_taken"
  | "webhook_limit_reached"
  | "webhook_disabled"
  | "idempotency_key_reused";

export type ProblemCode = Refusal["kind"] | HttpProblemCode;

const problems = {
  malformed: { status: 400, title: "The request is not valid JSON" },
  unauthenticated: { status: 401, title: "Sign in or send a valid key" },
  forbidden: { status: 403, title: "Your role or the key's scopes do not allow this" },
  owner_only: { status: 403, title: "Only the Owner of the organization may do this" },
  foreign_origin: { status: 403, title: "The request comes from a page of another origin" },
  not_found: { status: 404, title: "There is no such thing here" },
  method_not_allowed: { status: 405, title: "The method is not available at this path" },
  too_large: { status: 413, title: "The body is larger than 1 MiB" },
  unsupported_media_type: { status: 415, title: "The body must be application/json" },
  invalid: { status: 422, title: "The request is invalid" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong on our side" },
  unavailable: { status: 503, title: "The service is temporarily unavailable" },
  invalid_signature: { status: 401, title: "The signature does not match the body" },
  unknown_variant: { status: 422, title: "There is no such package" },
  payment_provider_error: { status: 502, title: "The payment provider refused or garbled the request" },
  already_member: { status: 409, title: "This person is already a member" },
  owner_required: { status: 409, title: "The Owner can neither be removed nor given another role" },
  price_date_taken: { status: 409, title: "Another price version comes into force at that time" },
  webhook_limit_reached: { status: 409, title: "The organization has as many webhooks as it may" },
  webhook_disabled: { status: 409, title: "The webhook is turned off" },
  idempotency_key_reused: { status: 409, title: "The Idempotency-Key was used with another request" },
  insufficient_credits: { status: 402, title: "The balance is used up" },
  credits_reserved: { status: 402, title: "Running sessions hold all available credits" },
  spend_limit_reached: { status: 402, title: "A spend limit is reached" },
  session_exists: { status: 409, title: "The session id is taken by another session" },
  session_settled: { status: 409, title: "The session is settled" },
  session_cancelled: { status: 409, title: "The session is cancelled" },
  session_not_found: { status: 404, title: "There is no such session" },
  order_unknown: { status: 404, title: "There is no such order" },
  event_conflict: { status: 409, title: "The event id is taken by another event" },
  credit_conflict: { status: 409, title: "The credit id is taken by another credit" },
  refund_exceeds_charge: { status: 422, title: "The refunds would exceed what was charged" },
  unknown_transaction: { status: 422, title: "There is no such transaction to refund" },
  price_missing: { status: 422, title: "The price book has no price for this usage" },
} satisfies Record<ProblemCode, { status: number; title: string }>;

function wireFacts(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const wireName = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    facts[wireName] = wireFact(name, value);
  }
  return facts;
}

function wireFact(name: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value) / 10_000;
  return typeof value === "number" && name.endsWith("At") ? new Date(value).toISOString() : value;
}
