import { expect, test } from "vitest";
import { addDays, daysIn, localInstants, parseDayRange } from "./day-range.ts";

test("days are read from a URL; what is none, or backwards, counts as absent", () => {
  expect(parseDayRange({ from: "2026-11-01", to: "2026-11-24" })).toEqual({
    from: "2026-11-01",
    to: "2026-11-24",
  });
  expect(parseDayRange({ from: "2026-02-30", to: "24.11.2026" })).toEqual({ from: undefined, to: undefined });
  expect(parseDayRange({ from: "2026-11-24", to: "2026-11-01" })).toEqual({});
  expect(parseDayRange({ from: "2026-11-24" }).from).toBe("2026-11-24");
});

test("days are counted and moved over the ends of months and years", () => {
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addDays("2028-03-01", -1)).toBe("2028-02-29");
  expect(daysIn("2026-10-26", "2026-11-24")).toBe(30);
  expect(daysIn("2026-11-24", "2026-11-24")).toBe(1);
});

test("a range ends with the midnight after its last day, in the viewer's zone", () => {
  const { from, to } = localInstants({ from: "2026-11-24", to: "2026-11-24" });
  expect(new Date(from ?? "").getHours()).toBe(0);
  expect(Date.parse(to ?? "") - Date.parse(from ?? "")).toBe(86_400_000);
  expect(localInstants({})).toEqual({});
});
