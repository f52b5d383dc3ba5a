import { describe, expect, test } from "vitest";
import { medianRound, quantile, summarizeLatencies } from "./statistics.ts";

describe("the median round", () => {
  test("is one of the rounds, so that value, baseline and ratio belong together", () => {
    const slow = { value: 100, baseline: 10 };
    const middle = { value: 300, baseline: 20 };
    const fast = { value: 400, baseline: 20 };
    expect(medianRound([fast, slow, middle])).toBe(middle);
  });

  test("goes by the ratio, not by the value: a disturbed machine slows both", () => {
    const disturbed = { value: 30, baseline: 2 };
    expect(medianRound([{ value: 100, baseline: 10 }, disturbed, { value: 200, baseline: 10 }])).toBe(
      disturbed,
    );
  });

  test("of an even number is the lower middle one, and of none a fault", () => {
    const lower = { value: 1, baseline: 1 };
    expect(medianRound([{ value: 2, baseline: 1 }, lower])).toBe(lower);
    expect(() => medianRound([])).toThrow("no round was measured");
  });
});

describe("a quantile", () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);

  test.each([
    [0.01, 1],
    [0.5, 50],
    [0.99, 99],
    [0.999, 100],
    [1, 100],
  ])("%f of 1 to 100 is %i, a value that was measured", (share, value) => {
    expect(quantile(hundred, share)).toBe(value);
  });

  test("of one value is that value", () => {
    expect(quantile([7], 0.01)).toBe(7);
  });
});

test("latencies are sorted as numbers, whatever order they came in", () => {
  expect(summarizeLatencies([10, 9, 100])).toEqual({ count: 3, p50: 10, p99: 100, p999: 100, max: 100 });
});
