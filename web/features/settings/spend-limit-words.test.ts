import { expect, test } from "vitest";
import { isSameLimit, limitState, scopeName, withoutLimit } from "./spend-limit-words.ts";

const ofAgent = { scope: "agent", period: "day", subject: "agent_1", limit: 10 } as const;
const ofAll = { scope: "organization", period: "month", subject: null, limit: 100 } as const;

test("a limit is near its end from 80 % on and reached at 100 %, what is held included", () => {
  const at = (spent: number, held: number) => limitState({ limit: 10, spent, held }).word;
  expect([at(7.99, 0), at(7, 1), at(9, 0.9999), at(9, 1), at(12, 0)]).toEqual([
    null,
    "Near its end",
    "Near its end",
    "Reached",
    "Reached",
  ]);
  expect(limitState({ limit: 0, spent: 0, held: 0 }).word).toBe("Reached");
});

test("limits are the same when scope, period and subject are, whatever their amount", () => {
  expect(isSameLimit(ofAgent, Object.assign({}, ofAgent, { limit: 1 }))).toBe(true);
  expect(isSameLimit(ofAgent, { ...ofAgent, subject: "agent_2" })).toBe(false);
  expect(isSameLimit(ofAll, { ...ofAll, period: "day" })).toBe(false);
});

test("what stays is sent without its counts", () => {
  const shown = [{ ...ofAll, spent: 5, held: 1, resets_at: "2026-12-01T00:00:00.000Z" }, ofAgent];
  expect(withoutLimit(shown, (limit) => limit.scope === "agent")).toEqual([ofAll]);
  expect(shown.map(scopeName)).toEqual(["Whole organization", "Agent agent_1"]);
});
