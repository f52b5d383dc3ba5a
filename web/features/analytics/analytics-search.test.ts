import { expect, test } from "vitest";
import { parseAnalyticsSearch, periodOf } from "./analytics-search.ts";

const today = "2026-11-24";

test("the plain address means 30 days by component, today included", () => {
  const search = parseAnalyticsSearch({ days: 30, group: "component" });
  expect(Object.values(search).filter((value) => value !== undefined)).toEqual([]);
  expect(periodOf(search, today)).toEqual({ from: "2026-10-26", to: today, days: 30 });
});

test("days that are given come before a length", () => {
  const search = parseAnalyticsSearch({ days: 7, from: "2026-01-01", to: "2026-01-31", group: "agent" });
  expect(periodOf(search, today)).toEqual({ from: "2026-01-01", to: "2026-01-31", days: null });
  expect(search.group).toBe("agent");
});

test("an open end is today, an open beginning 30 days earlier, and no period is longer than 400 days", () => {
  expect(periodOf({ from: "2026-11-20" }, today)).toMatchObject({ from: "2026-11-20", to: today });
  expect(periodOf({ to: "2026-03-30" }, today)).toMatchObject({ from: "2026-03-01", to: "2026-03-30" });
  expect(periodOf({ from: "2020-01-01" }, today)).toMatchObject({ from: "2025-10-21", to: today });
});
