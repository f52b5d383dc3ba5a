import { expect, test } from "vitest";
import { statusOf } from "../problems.ts";
import { providerProblem } from "./buying.ts";

test.each([
  ["provider_down", 503],
  ["provider_refused", 502],
  ["provider_garbled", 502],
] as const)("%s is answered %d", (kind, status) => {
  expect(statusOf(providerProblem({ kind, reason: "no" }).code)).toBe(status);
});

test("only an answer that may differ later says when to come back", () => {
  expect(providerProblem({ kind: "provider_down", reason: "" }).facts).toHaveProperty("retry_after_seconds");
  expect(providerProblem({ kind: "provider_refused", reason: "" }).facts).not.toHaveProperty(
    "retry_after_seconds",
  );
});
