import fc from "fast-check";
import { expect, test } from "vitest";
import { PIPELINE, ratesOf, TEXT } from "../charging/world.fixture.ts";
import { credits } from "../money/credits.ts";
import { NO_USAGE } from "./rate-usage.ts";
import { splitByComponent } from "./split-by-component.ts";

const rates = ratesOf(PIPELINE);
const called = (durationMs: bigint) => ({ ...NO_USAGE, durationMs });

test("a cost that was collected is split as its lines are", () => {
  expect(Object.fromEntries(splitByComponent(credits(2_555n), called(210_000n), rates))).toEqual({
    base: 1_750n,
    llm: 525n,
    stt: 105n,
    tts: 175n,
  });
});

test("what was not collected is missing from every component alike", () => {
  expect(Object.fromEntries(splitByComponent(credits(511n), called(210_000n), rates))).toEqual({
    base: 350n,
    llm: 105n,
    stt: 21n,
    tts: 35n,
  });
});

test("lines of one component are added up", () => {
  const [base, ...models] = rates.rates;
  const twice = { ...rates, rates: base === undefined ? [] : [base, base, ...models] };
  expect(splitByComponent(credits(4_305n), called(210_000n), twice).get("base")).toBe(3_500n);
});

test("what is free has no parts, or parts of nothing", () => {
  const free = ratesOf({ ...TEXT, keyMode: "own_keys" });
  expect(splitByComponent(credits(0n), NO_USAGE, free).size).toBe(0);
  expect([...splitByComponent(credits(0n), NO_USAGE, rates).values()]).toEqual([0n, 0n, 0n, 0n]);
});

test("the parts sum to what was charged, and none but the last is off its share by a ten-thousandth", () => {
  const durations = fc.bigInt({ min: 1_000n, max: 10_000_000n });
  fc.assert(
    fc.property(durations, fc.bigInt({ min: 0n, max: 100n }), (durationMs, percent) => {
      const whole = splitByComponent(credits(10n ** 15n), called(durationMs), rates);
      const charged = (durationMs * percent) / 100n;
      const parts = [...splitByComponent(credits(charged), called(durationMs), rates)];
      expect(parts.reduce((sum, [, part]) => sum + part, 0n)).toBe(charged);
      for (const [component, part] of parts.slice(0, -1)) {
        const share = ((whole.get(component) ?? 0n) * charged) / 10n ** 15n;
        expect(part - share).toBeLessThanOrEqual(1n);
        expect(share - part).toBeLessThanOrEqual(0n);
      }
    }),
  );
});
