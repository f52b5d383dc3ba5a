import { type Credits, credits } from "./credits.ts";

/** A price at full precision: ten-billionths of a credit per minute, per message or per unit. */
export type Rate = bigint & { readonly __unit: "credits/10^10 per step" };

/** An unrounded amount: a rate (10^-10 credits) times a duration in milliseconds of a 60,000 ms minute. */
export type Exact = bigint & { readonly __unit: "credits/(6*10^14)" };

const RATE_DECIMALS = 10;
const MS_PER_MINUTE = 60_000n;
/** One Credits step (10^-4) in Exact steps: 10^6 rate steps times 60,000 ms. */
const EXACT_PER_STEP = 1_000_000n * MS_PER_MINUTE;

export function rate(tenBillionths: bigint): Rate {
  return tenBillionths as Rate;
}

/** Reads a non-negative decimal rate with at most 10 decimals, such as "0.015"; null when it is not one. */
export function parseRate(text: string): Rate | null {
  const match = /^(\d{1,9})(?:\.(\d{1,10}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, whole = "", fraction = ""] = match;
  return rate(BigInt(whole) * 10n ** BigInt(RATE_DECIMALS) + BigInt(fraction.padEnd(RATE_DECIMALS, "0")));
}

/** The rate that a JSON number stands for: not negative, below 100,000, with at most 10 decimals, so that a float tells
 *  it from its neighbours; null when it is not one. */
export function rateFromNumber(value: number): Rate | null {
  if (!(value >= 0 && value < 100_000)) return null;
  const text = value.toFixed(RATE_DECIMALS);
  return Number(text) === value ? parseRate(text) : null;
}

/** The JSON number of a rate, for display. */
export function rateToNumber(value: Rate): number {
  return Number(value) / 10 ** RATE_DECIMALS;
}

/** Exact cost of `durationMs` at a rate per minute. */
export function perMinute(value: Rate, durationMs: bigint): Exact {
  return (value * durationMs) as Exact;
}

/** Exact cost of a count at a rate per message or unit. */
export function perCount(value: Rate, count: bigint): Exact {
  return (value * count * MS_PER_MINUTE) as Exact;
}

/** Sum of exact amounts. */
export function sum(parts: readonly Exact[]): Exact {
  return parts.reduce((total, part) => total + part, 0n) as Exact;
}

/** The one rounding of a cost: half-up to 4 decimals. @param exact >= 0. */
export function roundHalfUp(exact: Exact): Credits {
  return credits((exact + EXACT_PER_STEP / 2n) / EXACT_PER_STEP);
}

/** What must be held so that a cost of `exact` is surely covered: rounded up. @param exact >= 0. */
export function roundUp(exact: Exact): Credits {
  return credits((exact + EXACT_PER_STEP - 1n) / EXACT_PER_STEP);
}

/** How many steps of `perStep` an amount pays for in full. @param amount >= 0. @param perStep > 0. */
export function stepsCovered(amount: Credits, perStep: Exact): bigint {
  return (amount * EXACT_PER_STEP) / perStep;
}

/** Splits the rounded total over exact parts so that the lines sum to it: each part's floor, then one step
 *  to the largest remainders (the earlier part where two are equal). */
export function allocate(total: Credits, parts: readonly Exact[]): Credits[] {
  const lines = parts.map((part) => part / EXACT_PER_STEP);
  const missing = Number(total - lines.reduce((whole, line) => whole + line, 0n));
  const byRemainder = parts
    .map((part, index) => ({ index, remainder: part % EXACT_PER_STEP }))
    // The sort is stable, so the earlier one of equals stays first.
    .sort((a, b) => Number(b.remainder - a.remainder));
  for (const { index } of byRemainder.slice(0, missing)) lines[index] = (lines[index] ?? 0n) + 1n;
  return lines.map(credits);
}
