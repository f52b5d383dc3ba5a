import { type Credits, credits } from "../money/credits.ts";

/** What is on sale: a variant at the payment provider, the credits it brings here, the price it has there. */
export type CreditPackage = {
  readonly variantId: string;
  readonly name: string;
  readonly credits: Credits;
  readonly priceCents: number;
  readonly currency: "USD";
};

/** How much lower the price is than the credits' own value, in whole percent, half-up. 0 for no discount. */
export function discountPercent(offer: CreditPackage): number {
  const valueCents = Number(offer.credits) / 100;
  return Math.max(0, Math.floor(((valueCents - offer.priceCents) * 100) / valueCents + 0.5));
}

/** When the buyer was shown what an order bought: at its checkout's opening, if the order came of it in time, else when
 *  it was ordered. What was shown is what it credits. */
export function boughtAt(
  orderedAt: Date,
  checkout: { readonly createdAt: Date; readonly expiresAt: Date } | null,
): Date {
  if (checkout === null) return orderedAt;
  // Custom data can be copied into another order: an old checkout must not bring back an old price.
  const isInTime = orderedAt.getTime() <= checkout.expiresAt.getTime() + CLOCKS_DIFFER_MS;
  return isInTime && orderedAt > checkout.createdAt ? checkout.createdAt : orderedAt;
}

const CLOCKS_DIFFER_MS = 60_000;

const demoPackage = (variantId: string, dollars: number, priceCents: number): CreditPackage => ({
  variantId,
  name: `${dollars} credits`,
  credits: credits(BigInt(dollars) * 10_000n),
  priceCents,
  currency: "USD",
});

/** What the demo sells. Source: brief.md, Top-ups: larger packages cost less than their credits. */
export const demoPackages: readonly CreditPackage[] = [
  demoPackage("1001", 10, 1_000),
  demoPackage("1002", 50, 4_750),
  demoPackage("1003", 100, 9_000),
  demoPackage("1004", 500, 42_500),
];
