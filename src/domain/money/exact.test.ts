import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credits } from "./credits.ts";
import {
  allocate,
  type Exact,
  parseRate,
  perCount,
  perMinute,
  rate,
  rateFromNumber,
  rateToNumber,
  roundHalfUp,
  roundUp,
  stepsCovered,
  sum,
} from "./exact.ts";

/** An oracle of another kind: fractions over bigint, nothing shared with the code under test. */
function halfUpOfFraction(numerator: bigint, denominator: bigint): bigint {
  const [whole, rest] = [numerator / denominator, numerator % denominator];
  return 2n * rest >= denominator ? whole + 1n : whole;
}

/** One ten-thousandth of a credit, exact. */
const STEP = 60_000_000_000n;

const rates = fc.bigInt({ min: 0n, max: 10_000_000_000_000n }).map(rate);
const durations = fc.bigInt({ min: 0n, max: 100_000_000_000n });
const exacts = (...values: bigint[]): Exact[] => values.map((value) => perMinute(rate(value), 1n));

test("a cost per minute is rate x duration, rounded half-up once", () => {
  fc.assert(
    fc.property(rates, durations, (perMinuteRate, durationMs) => {
      // rate is 10^-10 credits, a Credits step 10^-4, a minute 60,000 ms.
      const expected = halfUpOfFraction(perMinuteRate * durationMs, 1_000_000n * 60_000n);
      expect(roundHalfUp(perMinute(perMinuteRate, durationMs))).toBe(expected);
    }),
  );
});

test("a count costs rate x count, rounded half-up once", () => {
  expect(roundHalfUp(perCount(rate(10_000_000n), 25n))).toBe(250n);
  fc.assert(
    fc.property(rates, durations, (each, count) => {
      expect(roundHalfUp(perCount(each, count))).toBe(halfUpOfFraction(each * count, 1_000_000n));
    }),
  );
});

test.each<[exact: bigint, halfUp: bigint, up: bigint]>([
  [0n, 0n, 0n],
  [1n, 0n, 1n],
  [STEP / 2n - 1n, 0n, 1n],
  [STEP / 2n, 1n, 1n],
  [STEP, 1n, 1n],
  [STEP + 1n, 1n, 2n],
])("%d of the finest parts are %d rounded half-up, %d rounded up", (value, halfUp, up) => {
  const [exact] = exacts(value);
  expect(exact !== undefined && [roundHalfUp(exact), roundUp(exact)]).toEqual([halfUp, up]);
});

describe("lines", () => {
  const amounts = fc.array(fc.bigInt({ min: 0n, max: 5n * STEP }), { minLength: 1, maxLength: 6 });

  test("sum to the rounded total, each its share rounded down or up; who is rounded up lost the most by rounding down", () => {
    fc.assert(
      fc.property(amounts, (values) => {
        const total = roundHalfUp(sum(exacts(...values)));
        const lines = allocate(total, exacts(...values));
        expect(lines.reduce((whole, line) => whole + line, 0n)).toBe(total);
        const raised = values.map((value, index) => (lines[index] ?? 0n) - value / STEP);
        expect(raised.every((steps) => steps === 0n || steps === 1n)).toBe(true);
        const rests = (steps: bigint) =>
          values.filter((_, index) => raised[index] === steps).map((v) => v % STEP);
        for (const up of rests(1n)) for (const down of rests(0n)) expect(up >= down).toBe(true);
      }),
    );
  });

  test("of equal shares are rounded up from the first on", () => {
    const third = STEP / 3n + 1n;
    expect(allocate(credits(2n), exacts(2n * third, 2n * third, 2n * third))).toEqual([1n, 1n, 0n]);
    expect(allocate(credits(1n), exacts(1n, third, third))).toEqual([0n, 1n, 0n]);
  });

  test("of 3.5 minutes of pipeline are 0.1750 + 0.0525 + 0.0105 + 0.0175 = 0.2555", () => {
    const parts = [500n, 150n, 30n, 50n].map((tenths) => perMinute(rate(tenths * 1_000_000n), 210_000n));
    const total = roundHalfUp(sum(parts));
    expect(total).toBe(2555n);
    expect(allocate(total, parts)).toEqual([1750n, 525n, 105n, 175n]);
  });
});

test("a hold rounded up covers the cost, and an amount covers as many steps as it pays for and no more", () => {
  fc.assert(
    fc.property(rates, durations, fc.bigInt({ min: 0n, max: 10n ** 12n }), (value, durationMs, amount) => {
      const exact = perMinute(value, durationMs);
      expect(roundUp(exact) >= roundHalfUp(exact)).toBe(true);
      expect(roundUp(exact) * STEP - exact < STEP).toBe(true);
      if (value === 0n) return;
      const steps = stepsCovered(credits(amount), perMinute(value, 1n));
      expect(roundUp(perMinute(value, steps)) <= amount).toBe(true);
      expect(perMinute(value, steps + 1n) > amount * STEP).toBe(true);
    }),
  );
});

describe("a rate in text", () => {
  test.each([
    ["0", 0n],
    ["0.015", 150_000_000n],
    ["1.0000000001", 10_000_000_001n],
    [" 12 ", 120_000_000_000n],
    ["9".repeat(9), 9_999_999_990_000_000_000n],
  ])("%j is %d ten-billionths", (text, value) => expect(parseRate(text)).toBe(value));

  test.each(["", "-1", "1.", ".5", "1e3", "a.5", "0.a", "0.12345678901", "1 x", "$1", "9".repeat(10)])(
    "%j is none",
    (text) => expect(parseRate(text)).toBeNull(),
  );

  test("is shown as the number it is", () => {
    expect(rateToNumber(rate(150_000_000n))).toBe(0.015);
  });
});

describe("a rate as a JSON number", () => {
  test.each([
    [0, 0n],
    [0.015, 150_000_000n],
    [1e-10, 1n],
    [99_999.5, 999_995_000_000_000n],
  ])("%d is %d ten-billionths", (number, value) => expect(rateFromNumber(number)).toBe(value));

  test.each([-0.01, 100_000, 1e-11, 0.123_456_789_012, Number.NaN, Number.POSITIVE_INFINITY])(
    "%d is none",
    (number) => expect(rateFromNumber(number)).toBeNull(),
  );
});
