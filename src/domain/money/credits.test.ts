import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  add,
  type Credits,
  credits,
  creditsFromNumber,
  creditsToNumber,
  formatCredits,
  greatest,
  least,
  negate,
  parseCredits,
  subtract,
} from "./credits.ts";
import type { Exact, Rate } from "./exact.ts";

test("amounts are added, compared and negated as whole ten-thousandths", () => {
  const [three, minusFive] = [credits(3n), credits(-5n)];
  expect(add(three, minusFive)).toBe(-2n);
  expect(subtract(three, minusFive)).toBe(8n);
  expect(negate(minusFive)).toBe(5n);
  expect([least(three, minusFive), least(minusFive, three)]).toEqual([-5n, -5n]);
  expect([greatest(three, minusFive), greatest(minusFive, three)]).toEqual([3n, 3n]);
});

describe("an amount in text", () => {
  test.each([
    ["0", 0n],
    ["5", 50_000n],
    ["-0.25", -2_500n],
    ["12.3456", 123_456n],
    ["0.0001", 1n],
    ["007.10", 71_000n],
    [" 1.5\n", 15_000n],
    ["9".repeat(12), 9_999_999_999_990_000n],
  ])("%j is %d ten-thousandths", (text, amount) => expect(parseCredits(text)).toBe(amount));

  test.each(["", "-", "1.23456", "1e3", "abc", "1.", ".5", "--1", "1,5", "0x10", "1.a", "9".repeat(13)])(
    "%j is none",
    (text) => expect(parseCredits(text)).toBeNull(),
  );

  test("with something before or after it is none", () => {
    expect([parseCredits("$5"), parseCredits("5 credits"), parseCredits("5.25.1")]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("an amount in JSON", () => {
  const amounts = fc.bigInt({ min: -(10n ** 15n - 1n), max: 10n ** 15n - 1n });

  test("is the decimal that was written, whatever its size below 10^11", () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        const size = amount < 0n ? -amount : amount;
        const written = `${amount < 0n ? "-" : ""}${size / 10_000n}.${String(size % 10_000n).padStart(4, "0")}`;
        expect(creditsFromNumber(JSON.parse(written))).toBe(amount);
      }),
    );
  });

  test("and in text survives the way there and back", () => {
    fc.assert(
      fc.property(amounts, (value) => {
        const amount = credits(value);
        expect(creditsFromNumber(JSON.parse(JSON.stringify(creditsToNumber(amount))))).toBe(value);
        expect(parseCredits(formatCredits(amount, 4))).toBe(value);
      }),
    );
  });

  test("just inside the bound is exact, where a product of doubles would not be", () => {
    expect(creditsFromNumber(99_999_999_999.9999)).toBe(999_999_999_999_999n);
    expect(creditsFromNumber(-99_999_999_999.9999)).toBe(-999_999_999_999_999n);
  });

  test.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1.00001,
    0.1 + 0.2,
    1e-5,
    1e11,
    -1e11,
    // Here two numbers of four decimals share one double: reading either would be a guess.
    987_654_321_098.7654,
  ])("%d is none", (value) => expect(creditsFromNumber(value)).toBeNull());
});

describe("an amount on display", () => {
  test.each<[amount: bigint, two: string, four: string]>([
    [0n, "0.00", "0.0000"],
    [1n, "0.00", "0.0001"],
    [49n, "0.00", "0.0049"],
    [50n, "0.01", "0.0050"],
    [-49n, "0.00", "-0.0049"],
    [-50n, "-0.01", "-0.0050"],
    [10_000n, "1.00", "1.0000"],
    [1_274_862n, "127.49", "127.4862"],
    [-1_274_862n, "-127.49", "-127.4862"],
  ])("of %d ten-thousandths is %s, or %s; two decimals round half away from zero", (amount, two, four) => {
    expect([formatCredits(credits(amount), 2), formatCredits(credits(amount), 4)]).toEqual([two, four]);
  });
});

test("credits, rates, exact amounts and plain numbers do not mix", () => {
  expectTypeOf<Credits>().not.toEqualTypeOf<Rate>();
  expectTypeOf<bigint>().not.toExtend<Credits>();
  expectTypeOf<number>().not.toExtend<Credits>();
  expectTypeOf<Rate>().not.toExtend<Credits>();
  expectTypeOf<Exact>().not.toExtend<Credits>();
  expectTypeOf<Credits>().not.toExtend<Rate>();
  expectTypeOf<Credits>().not.toExtend<Exact>();
  expectTypeOf<Exact>().not.toExtend<Rate>();
  expectTypeOf<bigint>().not.toExtend<Rate>();
  expectTypeOf<bigint>().not.toExtend<Exact>();
  expectTypeOf(add).parameters.toEqualTypeOf<[Credits, Credits]>();
});
