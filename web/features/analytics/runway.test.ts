import { expect, test } from "vitest";
import { balanceByDay, monthsOfHistory, runwayText } from "./runway.ts";

test("the balance of earlier days is the present one without what came since", () => {
  const usage = [
    { date: "2026-11-22", total: 1 },
    { date: "2026-11-23", total: 2.5 },
    { date: "2026-11-24", total: 0.25 },
  ];
  const entries = [
    { created_at: "2026-11-23T08:00:00.000Z", amount: 50 },
    { created_at: "2026-11-23T23:59:59.999Z", amount: -0.5 },
  ];
  expect(balanceByDay(100, usage, entries)).toEqual([53.25, 100.25, 100]);
});

test("the past of the picture is in two months at most, also after February", () => {
  expect(monthsOfHistory("2026-11-28")).toEqual(["2026-11"]);
  expect(monthsOfHistory("2027-03-01")).toEqual(["2027-02", "2027-03"]);
});

test("what is left is said in days, rounded down, and below two days in hours", () => {
  expect(runwayText(17.9 * 24)).toEqual({ number: "17", unit: "days left" });
  expect(runwayText(24_000 * 24).number).toBe("24,000");
  expect(runwayText(47.9)).toEqual({ number: "47", unit: "hours left" });
  expect(runwayText(1.5).unit).toBe("hour left");
  expect(runwayText(-3).number).toBe("0");
});
