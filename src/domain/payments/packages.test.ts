import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import { boughtAt, type CreditPackage, demoPackages, discountPercent } from "./packages.ts";

const offer = (dollars: bigint, priceCents: number): CreditPackage => ({
  variantId: "1",
  name: "some",
  credits: credits(dollars * 10_000n),
  priceCents,
  currency: "USD",
});

test.each<[what: string, offer: CreditPackage, percent: number]>([
  ["the credits' own price", offer(10n, 1_000), 0],
  ["a tenth less", offer(100n, 9_000), 10],
  ["4.4 % less, rounded down", offer(10n, 956), 4],
  ["4.5 % less, rounded up", offer(10n, 955), 5],
  ["more than the credits' value: no discount", offer(1n, 120), 0],
  ["nothing", offer(10n, 0), 100],
])("the discount of a package at %s", (_what, sold, percent) => {
  expect(discountPercent(sold)).toBe(percent);
});

test("the demo sells the brief's four packages, the larger ones for less", () => {
  expect(demoPackages).toEqual([
    { variantId: "1001", name: "10 credits", credits: 100_000n, priceCents: 1_000, currency: "USD" },
    { variantId: "1002", name: "50 credits", credits: 500_000n, priceCents: 4_750, currency: "USD" },
    { variantId: "1003", name: "100 credits", credits: 1_000_000n, priceCents: 9_000, currency: "USD" },
    { variantId: "1004", name: "500 credits", credits: 5_000_000n, priceCents: 42_500, currency: "USD" },
  ]);
});

describe("an order was bought", () => {
  const at = (minutes: number, ms = 0) => new Date(minutes * 60_000 + ms);
  const checkout = { createdAt: at(10), expiresAt: at(40) };

  test.each<[what: string, orderedAt: Date, bought: Date]>([
    ["in time: when its checkout was opened", at(20), at(10)],
    ["as the checkout expired, on a clock a minute ahead", at(41), at(10)],
    ["later: when it was ordered", at(41, 1), at(41, 1)],
    ["before the checkout it names: when it was ordered", at(9), at(9)],
  ])("%s", (_what, orderedAt, bought) => {
    expect(boughtAt(orderedAt, checkout)).toEqual(bought);
  });

  test("when it was ordered, where no checkout is known", () => {
    expect(boughtAt(at(20), null)).toEqual(at(20));
  });
});
