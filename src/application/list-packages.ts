import { type CreditPackage, discountPercent } from "../domain/payments/packages.ts";

/** The packages on sale, as configured, each with its discount in whole percent. Empty when nothing is sold. */
export function listPackages(
  packages: readonly CreditPackage[],
): readonly (CreditPackage & { readonly discountPercent: number })[] {
  return packages.map((offer) => ({ ...offer, discountPercent: discountPercent(offer) }));
}
