import fastify from "fastify";
import { expect, test } from "vitest";
import { credits } from "../domain/money/credits.ts";
import { refusalFacts, sendProblem, sendRefusal, statusOf } from "./problems.ts";

test("a refusal of the domain becomes a problem document with its facts as numbers in snake_case", async () => {
  const server = fastify();
  server.get("/", async (_request, reply) =>
    sendRefusal(reply, {
      kind: "credits_reserved",
      balance: credits(123_456n),
      available: credits(-1n),
      retryAfterSeconds: 1.2,
    }),
  );
  const answer = await server.inject("/");
  expect(answer.statusCode).toBe(402);
  expect(answer.headers["content-type"]).toMatch("application/problem+json");
  expect(answer.headers["retry-after"]).toBe("2");
  expect(answer.json()).toMatchObject({
    success: false,
    type: "urn:airtime:problem:credits_reserved",
    status: 402,
    code: "credits_reserved",
    balance: 12.3456,
    available: -0.0001,
    retry_after_seconds: 1.2,
  });
});

test("a problem without a detail says its title, and every problem names the request", async () => {
  const server = fastify({ genReqId: () => "req_1" });
  server.get("/", async (_request, reply) => sendProblem(reply, "not_found"));
  expect((await server.inject("/")).json()).toEqual({
    success: false,
    type: "urn:airtime:problem:not_found",
    title: "There is no such thing here",
    status: 404,
    code: "not_found",
    detail: "There is no such thing here.",
    request_id: "req_1",
  });
});

test("a refusal within a list of results is its code and facts", () => {
  const refusal = { kind: "refund_exceeds_charge", refundable: credits(2_555n) } as const;
  expect(refusalFacts(refusal)).toEqual({ code: "refund_exceeds_charge", refundable: 0.2555 });
});

test.each([
  ["unauthenticated", 401],
  ["insufficient_credits", 402],
  ["spend_limit_reached", 402],
  ["owner_only", 403],
  ["session_not_found", 404],
  ["session_exists", 409],
  ["session_settled", 409],
  ["event_conflict", 409],
  ["credit_conflict", 409],
  ["idempotency_key_reused", 409],
  ["refund_exceeds_charge", 422],
  ["unknown_variant", 422],
  ["rate_limited", 429],
  ["payment_provider_error", 502],
  ["unavailable", 503],
] as const)("%s is status %i", (code, status) => {
  expect(statusOf(code)).toBe(status);
});
