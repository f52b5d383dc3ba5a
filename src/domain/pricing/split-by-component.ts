import { type Credits, credits } from "../money/credits.ts";
import type { Component } from "./price-book.ts";
import { type AppliedRates, amountsOf, type Usage } from "./rate-usage.ts";

/** Splits what was charged for a usage over its components, in proportion to their cost; the parts sum to it. What the
 *  floor kept from being collected is thus missing from every component alike. */
export function splitByComponent(
  charged: Credits,
  usage: Usage,
  rates: AppliedRates,
): Map<Component, Credits> {
  const { total, amounts } = amountsOf(usage, rates);
  const parts = new Map<Component, Credits>();
  let left = charged;
  for (const [index, { component }] of rates.rates.entries()) {
    const isLast = index === amounts.length - 1;
    const amount = amounts[index] ?? total;
    const share = isLast || total === 0n ? left : credits((charged * amount) / total);
    parts.set(component, credits((parts.get(component) ?? 0n) + share));
    left = credits(left - share);
  }
  return parts;
}
