import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import {
  type Credits,
  credits,
  creditsFromNumber,
  creditsToNumber,
  formatCredits,
  parseCredits,
} from "./credits.ts";
import {
  allocate,
  type Exact,
  perCount,
  perMinute,
  type Rate,
  rate,
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

const rates = fc.bigInt({ min: 0n, max: 10_000_000_000_000n }).map(rate);
const durations = fc.bigInt({ min: 0n, max: 100_000_000_000n });

test("a cost per minute is rate x duration, rounded half-up once", () => {
  fc.assert(
    fc.property(rates, durations, (perMinuteRate, durationMs) => {
      // rate is 10^-10 credits, a Credits step 10^-4, a minute 60,000 ms.
      const expected = halfUpOfFraction(perMinuteRate * durationMs, 1_000_000n * 60_000n);
      expect(roundHalfUp(perMinute(perMinuteRate, durationMs))).toBe(expected);
    }),
  );
});

test("lines sum to the rounded total, and no line is a step or more away from its own exact share", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(rates, durations), { minLength: 1, maxLength: 6 }), (pairs) => {
      const parts = pairs.map(([value, durationMs]) => perMinute(value, durationMs));
      const total = roundHalfUp(sum(parts));
      const lines = allocate(total, parts);
      expect(lines.reduce((whole, line) => whole + line, 0n)).toBe(total);
      for (const [index, line] of lines.entries()) {
        const distance = line * 60_000_000_000n - (parts[index] ?? 0n);
        expect(distance < 60_000_000_000n && distance > -60_000_000_000n).toBe(true);
      }
    }),
  );
});

test("a hold rounded up covers the cost, and the steps that an amount covers cost no more than it", () => {
  fc.assert(
    fc.property(rates, durations, fc.bigInt({ min: 0n, max: 10n ** 12n }), (value, durationMs, amount) => {
      const exact = perMinute(value, durationMs);
      expect(roundUp(exact) >= roundHalfUp(exact)).toBe(true);
      if (value === 0n) return;
      const steps = stepsCovered(credits(amount), perMinute(value, 1n));
      expect(roundUp(perMinute(value, steps)) <= amount).toBe(true);
    }),
  );
});

test("3.5 minutes of pipeline are 0.1750 + 0.0525 + 0.0105 + 0.0175 = 0.2555", () => {
  const parts = [500n, 150n, 30n, 50n].map((tenths) => perMinute(rate(tenths * 1_000_000n), 210_000n));
  const total = roundHalfUp(sum(parts));
  expect(total).toBe(2555n);
  expect(allocate(total, parts)).toEqual([1750n, 525n, 105n, 175n]);
});

test("a count costs rate x count", () => {
  expect(roundHalfUp(perCount(rate(10_000_000n), 25n))).toBe(250n);
});

test("amounts survive the way through JSON, text and back", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), (value) => {
      const amount = credits(value);
      expect(creditsFromNumber(JSON.parse(JSON.stringify(creditsToNumber(amount))))).toBe(value);
      expect(parseCredits(formatCredits(amount, 4))).toBe(value);
    }),
  );
});

test.each(["", "1.23456", "1e3", "abc", "1.", ".5", "--1", "1,5", "0x10", "9".repeat(13)])(
  "%j is no amount",
  (text) => expect(parseCredits(text)).toBeNull(),
);

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1.00001, 0.1 + 0.2, 1e12])("%d is no amount", (value) => {
  expect(creditsFromNumber(value)).toBeNull();
});

test("two decimals round half away from zero", () => {
  expect(formatCredits(credits(1_274_862n), 2)).toBe("127.49");
  expect(formatCredits(credits(-50n), 2)).toBe("-0.01");
  expect(formatCredits(credits(49n), 2)).toBe("0.00");
  expect(formatCredits(credits(-49n), 2)).toBe("0.00");
});

test("credits, rates, exact amounts and plain numbers do not mix", () => {
  expectTypeOf<Credits>().not.toEqualTypeOf<Rate>();
  expectTypeOf<bigint>().not.toMatchTypeOf<Credits>();
  expectTypeOf<Rate>().not.toMatchTypeOf<Credits>();
  expectTypeOf<Exact>().not.toMatchTypeOf<Credits>();
  expectTypeOf<number>().not.toMatchTypeOf<Credits>();
});
