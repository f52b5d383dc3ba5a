import { expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import { dependsOnBalance, type Refusal } from "./refusal.ts";

const amounts = { balance: credits(1n), available: credits(0n) };

test.each<[refusal: Refusal, turnsWithCredits: boolean]>([
  [{ kind: "insufficient_credits", ...amounts }, true],
  [{ kind: "credits_reserved", ...amounts, retryAfterSeconds: 1 }, true],
  [{ kind: "session_settled", sessionId: "s" }, false],
  [{ kind: "price_missing" }, false],
])("$kind: whether more credits would turn it", (refusal, turnsWithCredits) => {
  expect(dependsOnBalance(refusal)).toBe(turnsWithCredits);
});
