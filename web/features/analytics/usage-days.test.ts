import { expect, test } from "vitest";
import { chartScale, type UsageRow, usageDays, usageGroups } from "./usage-days.ts";

const row = (from: string, group: string, amount: number): UsageRow => ({
  ...{ from: `${from}:00:00.000Z`, group, name: null, amount },
  ...{ sessions: 1, duration_seconds: 0, messages: 0, units: 0 },
});
const rows = [
  row("2026-11-23T00", "base", 0.1),
  row("2026-11-23T00", "llm", 0.2),
  row("2026-11-24T00", "base", 1),
  row("2026-11-24T08", "base", 1),
];

test("every day of the period is there, with exact sums", () => {
  const days = usageDays(rows, { from: "2026-11-22", to: "2026-11-24" });
  expect(days.map(({ date, total }) => [date, total])).toEqual([
    ["2026-11-22", 0],
    ["2026-11-23", 0.3],
    ["2026-11-24", 2],
  ]);
  expect(days[2]?.parts.get("base")).toBe(2);
});

test("groups that are shown as one part are summed in it", () => {
  const [day] = usageDays(rows, { from: "2026-11-23", to: "2026-11-23" }, () => "others");
  expect([...(day?.parts ?? [])]).toEqual([["others", 0.3]]);
});

test("groups are summed over the period, the dearest first", () => {
  expect(usageGroups(rows).map(({ group, amount, sessions }) => [group, amount, sessions])).toEqual([
    ["base", 2.1, 3],
    ["llm", 0.2, 1],
  ]);
});

test("the chart's scale ends at or above the highest bar, in round steps", () => {
  expect(chartScale(9.93)).toEqual({ top: 12, step: 4 });
  expect(chartScale(0)).toEqual({ top: 1, step: 0.25 });
  expect(chartScale(0.3).top).toBeGreaterThanOrEqual(0.3);
});
