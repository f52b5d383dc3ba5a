import { afterEach, describe, expect, test, vi } from "vitest";
import {
  formatClock,
  formatDay,
  formatElapsed,
  formatLeft,
  formatMinutes,
  formatSpan,
  formatTimeZone,
  formatUntil,
} from "./format-time.ts";

describe("dates", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("until when something holds names the day unless it is today", () => {
    const until = new Date(2026, 10, 24, 15, 2).toISOString();
    expect(formatUntil(until, new Date(2026, 10, 24, 9))).toBe("15:02");
    expect(formatUntil(until, new Date(2026, 10, 23, 16))).toBe("Nov 24, 2026 15:02");
  });

  test.each([
    ["Europe/Berlin", "Europe/Berlin (UTC+1)"],
    ["America/St_Johns", "America/St_Johns (UTC-3:30)"],
    ["Europe/London", "Europe/London (UTC)"],
    ["UTC", "UTC"],
  ])("the zone %s is named with its distance from UTC on that day", (zone, text) => {
    vi.stubEnv("TZ", zone);
    expect(formatTimeZone(new Date("2026-11-24T12:00:00Z"))).toBe(text);
  });

  test("a day and its clock are shown in the viewer's own time zone", () => {
    const local = new Date(2026, 10, 24, 14, 5, 9);
    expect(formatDay(local)).toBe("Nov 24, 2026");
    expect(formatClock(local)).toBe("14:05");
    expect(formatClock(local.toISOString(), true)).toBe("14:05:09");
  });
});

describe("durations", () => {
  test("a running call counts minutes, then hours", () => {
    expect(formatElapsed(252.9)).toBe("04:12");
    expect(formatElapsed(3852)).toBe("1:04:12");
    expect(formatElapsed(-3)).toBe("00:00");
  });

  test("time left changes its unit at one hour and at two days", () => {
    expect(formatLeft(2530)).toBe("42:10");
    expect(formatLeft(21_000)).toBe("5 h 50 min");
    expect(formatLeft(48 * 3600)).toBe("48 h 0 min");
    expect(formatLeft(9 * 86_400 + 5)).toBe("9 days");
  });

  test("a span in a sentence is in minutes, hours or days", () => {
    expect(formatSpan(57.6 * 60)).toBe("57 min");
    expect(formatSpan(2 * 3600 + 17 * 60)).toBe("2 h 17 min");
    expect(formatSpan(114 * 3600 + 540, 1000)).toBe("114 h 9 min");
    expect(formatSpan(9 * 86_400)).toBe("9 days");
  });

  test("a finished call is given in minutes with one decimal", () => {
    expect(formatMinutes(210)).toBe("3.5 min");
    expect(formatMinutes(600)).toBe("10 min");
  });
});
