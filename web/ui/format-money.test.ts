import { describe, expect, test } from "vitest";
import {
  formatCount,
  formatDollars,
  formatExact,
  formatSignedExact,
  formatWholeDollars,
} from "./format-money.ts";

describe("money", () => {
  test("cards show two decimals, half up", () => {
    expect(formatDollars(127.4862)).toBe("$127.49");
    expect(formatDollars(0.005)).toBe("$0.01");
    expect(formatDollars(1.005)).toBe("$1.01");
    expect(formatDollars(-2.14)).toBe("-$2.14");
    expect(formatDollars(0)).toBe("$0.00");
  });

  test("the table shows four decimals and never abbreviates", () => {
    expect(formatExact(127.4862)).toBe("$127.4862");
    expect(formatExact(1234567.5)).toBe("$1,234,567.5000");
    expect(formatExact(-0.0004)).toBe("-$0.0004");
  });

  test("amounts carry their sign, zero carries none", () => {
    expect(formatSignedExact(50)).toBe("+$50.0000");
    expect(formatSignedExact(-0.1523)).toBe("-$0.1523");
    expect(formatSignedExact(0)).toBe("$0.0000");
  });

  test("package names drop empty cents, counts take commas", () => {
    expect(formatWholeDollars(10)).toBe("$10");
    expect(formatWholeDollars(47.5)).toBe("$47.50");
    expect(formatCount(12345)).toBe("12,345");
  });
});
