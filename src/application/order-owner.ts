import type { OrderOwner, ProviderOrder } from "../domain/payments/decide-order.ts";
import type { NamedInEvent, PaymentStore } from "./payment-ports.ts";

type Dependencies = {
  readonly store: Pick<PaymentStore, "findNamed" | "listFittingCheckouts">;
  readonly organizationExists: (organizationId: string) => Promise<boolean>;
};

/** Whose an order is by what its custom data named. */
export async function ownerByName(
  { organizationExists }: Pick<Dependencies, "organizationExists">,
  { organizationId, checkoutId }: NamedInEvent,
): Promise<OrderOwner> {
  if (organizationId === null) return { kind: "unnamed" };
  const exists = await organizationExists(organizationId);
  return exists
    ? { kind: "organization", organizationId, checkoutId }
    : { kind: "unknown_organization", organizationId };
}

/** Whose an order is that was read by API, which leaves custom data out: as its webhook said, if one ever came, else the
 *  organization whose member, with the order's address, opened a checkout for what was bought. Credit given to the wrong
 *  organization could be spent: when several fit, or none, a person decides. Source: lemon-squeezy.md section 4. */
export async function ownerOfFoundOrder(
  dependencies: Dependencies,
  order: ProviderOrder,
): Promise<OrderOwner> {
  const { store } = dependencies;
  const named = await store.findNamed(order);
  if (named !== null) return ownerByName(dependencies, named);
  if (order.userEmail === null || order.variantId === null) return { kind: "unmatched" };
  const fitting = await store.listFittingCheckouts({
    email: order.userEmail,
    variantId: order.variantId,
    at: order.createdAt,
  });
  const [latest] = fitting;
  if (latest === undefined) return { kind: "unmatched" };
  if (fitting.some((one) => one.organizationId !== latest.organizationId)) return { kind: "ambiguous" };
  return { kind: "organization", ...latest };
}
