import { expect, test } from "vitest";
import { spendCsv, spendSeries } from "./spend-series.ts";
import type { UsageRow } from "./usage-days.ts";

const period = { from: "2026-11-23", to: "2026-11-24" };
const used = (group: string, amount: number, name: string | null = null): UsageRow => ({
  ...{ from: "2026-11-24T00:00:00.000Z", group, name, amount },
  ...{ sessions: 1, duration_seconds: 60, messages: 0, units: 0 },
});

test("the five dearest agents have a part each, and all others one together", () => {
  const rows = Array.from({ length: 8 }, (_, place) => used(`agent_${place}`, 8 - place, `Agent ${place}`));
  const { series, days } = spendSeries("agent", rows, period);
  expect(series.map(({ name }) => name)).toEqual([
    ...["Agent 0", "Agent 1", "Agent 2", "Agent 3", "Agent 4"],
    "3 others",
  ]);
  const [, last] = days;
  expect(last?.parts.get(series[5]?.key ?? "none")).toBe(3 + 2 + 1);
  expect(last?.total).toBe(36);
});

test("where five colors are enough there are no others", () => {
  expect(spendSeries("agent", [used("a", 1)], period).series.map(({ key }) => key)).toEqual(["a"]);
});

test("the file has a line a day, and no name in it can be taken for a formula", () => {
  const rows = [used("a", 1.5, '=cmd, "x"'), used("b", 0.25, "Front desk")];
  expect(spendCsv(spendSeries("agent", rows, period)).split("\r\n")).toEqual([
    'day_utc,"\'=cmd, ""x""",Front desk,total',
    "2026-11-23,0,0,0",
    "2026-11-24,1.5,0.25,1.75",
    "",
  ]);
});
