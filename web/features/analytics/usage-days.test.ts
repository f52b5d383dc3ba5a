import { expect, test } from "vitest";
import { chartScale, dailyAverage, type UsageRow, usageDays, usageGroups } from "./usage-days.ts";

const now = Date.parse("2026-11-24T15:00:00.000Z");
const rows: UsageRow[] = [
  { from: "2026-11-23T00:00:00.000Z", group: "base", amount: 0.1 },
  { from: "2026-11-23T00:00:00.000Z", group: "llm", amount: 0.2 },
  { from: "2026-11-24T00:00:00.000Z", group: "base", amount: 1 },
  { from: "2026-11-24T08:00:00.000Z", group: "base", amount: 1 },
];

test("every day of the period is there, with exact sums", () => {
  const days = usageDays(rows, 3, now);
  expect(days.map(({ date, total }) => [date, total])).toEqual([
    ["2026-11-22", 0],
    ["2026-11-23", 0.3],
    ["2026-11-24", 2],
  ]);
  expect(days[2]?.parts.get("base")).toBe(2);
});

test("groups are summed over the period, the dearest first", () => {
  expect(usageGroups(rows).map(({ group, amount }) => [group, amount])).toEqual([
    ["base", 2.1],
    ["llm", 0.2],
  ]);
});

test("the daily average leaves today out and is unknown without usage", () => {
  expect(dailyAverage(usageDays(rows, 30, now))).toBeCloseTo(0.3 / 7, 10);
  expect(dailyAverage(usageDays([], 30, now))).toBeNull();
});

test("the chart's scale ends at or above the highest bar, in round steps", () => {
  expect(chartScale(9.93)).toEqual({ top: 12, step: 4 });
  expect(chartScale(0)).toEqual({ top: 1, step: 0.25 });
  expect(chartScale(0.3).top).toBeGreaterThanOrEqual(0.3);
});
