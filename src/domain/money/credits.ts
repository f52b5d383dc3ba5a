/** Money: whole ten-thousandths of a credit (1 credit = 1.00 USD), so that no amount is ever a float. */
export type Credits = bigint & { readonly __unit: "credits/10^4" };

const PER_CREDIT = 10_000n;

/** Brands a count of ten-thousandths. */
export function credits(tenThousandths: bigint): Credits {
  return tenThousandths as Credits;
}

export const ZERO = credits(0n);

export const add = (a: Credits, b: Credits): Credits => credits(a + b);
export const subtract = (a: Credits, b: Credits): Credits => credits(a - b);
export const negate = (a: Credits): Credits => credits(-a);
export const least = (a: Credits, b: Credits): Credits => (a < b ? a : b);
export const greatest = (a: Credits, b: Credits): Credits => (a > b ? a : b);

/** Reads a decimal such as "5", "-0.25" or "12.3456". Null when it is not one or has more than 4 decimals. */
export function parseCredits(text: string): Credits | null {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,4}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = "", fraction = ""] = match;
  const size = BigInt(whole) * PER_CREDIT + BigInt(fraction.padEnd(4, "0"));
  return credits(sign === "-" ? -size : size);
}

/** Amounts travel as JSON numbers below this: up to 5.4 * 10^11 each 4-decimal number has a double of its own. */
const NUMBER_BOUND = 1e11;

/** Reads a JSON number below 10^11 with at most 4 decimals; null for any other number. */
export function creditsFromNumber(value: number): Credits | null {
  // A number's text is the shortest decimal that means it, which is the one that was sent.
  return Math.abs(value) < NUMBER_BOUND ? parseCredits(String(value)) : null;
}

/** The JSON number of an amount: exact to 4 decimals below 10^11 credits. */
export function creditsToNumber(amount: Credits): number {
  return Number(amount) / 10_000;
}

/** "12.3456": plain decimal with exactly the given decimals (2 rounds half-up, away from zero). */
export function formatCredits(amount: Credits, decimals: 2 | 4): string {
  const size = amount < 0n ? -amount : amount;
  if (decimals === 4) {
    const sign = amount < 0n ? "-" : "";
    return `${sign}${size / PER_CREDIT}.${String(size % PER_CREDIT).padStart(4, "0")}`;
  }
  const cents = (size + 50n) / 100n;
  // What rounds to nothing has no sign.
  const sign = amount < 0n && cents > 0n ? "-" : "";
  return `${sign}${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
}
