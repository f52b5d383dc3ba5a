import { expect, test } from "vitest";
import { isGivenUp, pauseBeforeRetryMs } from "./retry.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;

/** All pauses there are, one after each failed attempt. */
function pausesAt(chance: number): number[] {
  const pauses: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    const pauseMs = pauseBeforeRetryMs(attempts, chance);
    if (pauseMs === null) return pauses;
    pauses.push(pauseMs);
  }
}

test("the first retry comes after 5 s, and each further one later than the one before", () => {
  const pauses = pausesAt(0);
  expect(pauses[0]).toBe(5 * SECOND);
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(new Set(pauses).size).toBe(pauses.length);
});

test("retries go on for three days, and end", () => {
  const pauses = pausesAt(0);
  const total = pauses.reduce((sum, pauseMs) => sum + pauseMs, 0);
  expect(pauses).toHaveLength(12);
  expect(total / HOUR).toBeGreaterThan(72);
  expect(total / HOUR).toBeLessThan(74);
});

test("chance makes a pause longer by up to a tenth, never shorter", () => {
  expect(pauseBeforeRetryMs(1, 0.5)).toBe(5_250);
  expect(pauseBeforeRetryMs(2, 0.9999)).toBe(33_000);
});

test("a webhook is given up once it took nothing for three days: its first failed event is then out of retries", () => {
  const now = 1_000 * HOUR;
  expect(isGivenUp({ failingSince: now - 72 * HOUR + 1, now })).toBe(false);
  expect(isGivenUp({ failingSince: now - 72 * HOUR, now })).toBe(true);
  const firstEventMs = pausesAt(0).reduce((sum, pauseMs) => sum + pauseMs, 0);
  expect(isGivenUp({ failingSince: now - firstEventMs, now })).toBe(true);
});
