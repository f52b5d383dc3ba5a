import type { CreditPackage } from "../domain/payments/packages.ts";
import type { CheckoutStore, PaymentProvider } from "./payment-ports.ts";
import type { MoneyPorts } from "./ports.ts";
import { TRANSACTION_IP } from "./post-command.ts";

export type StartCheckout = (request: {
  readonly organizationId: string;
  readonly variantId: string;
  readonly buyer: { readonly id: string; readonly name: string; readonly email: string };
  readonly ip: string;
}) => Promise<StartedCheckout>;

export type StartedCheckout =
  | { readonly kind: "started"; readonly id: string; readonly url: string; readonly expiresAt: Date }
  | { readonly kind: "unknown_variant" }
  | { readonly kind: "provider_down" | "provider_refused" | "provider_garbled"; readonly reason: string };

/** Opens a checkout at the provider for one package. Our record of it comes first, so that an order can never arrive
 *  for a checkout nobody knows; when the provider fails the record goes, and the same request may simply be sent again.
 *  Refuses "unknown_variant", and the provider's failures. @param provider null when nothing can be bought. */
export function createStartCheckout(dependencies: {
  readonly store: Pick<CheckoutStore, "insertCheckout" | "noteProviderCheckout" | "deleteCheckout">;
  readonly provider: Pick<PaymentProvider, "createCheckout"> | null;
  readonly packages: readonly CreditPackage[];
  readonly testMode: boolean;
  /** Where people reach the page, without a trailing slash. */
  readonly baseUrl: string;
  readonly seal: MoneyPorts["seal"];
  readonly newId: (prefix: string) => string;
}): StartCheckout {
  const { store, provider, packages, testMode, baseUrl, seal, newId } = dependencies;
  return async ({ organizationId, variantId, buyer, ip }) => {
    if (provider === null || !packages.some((offer) => offer.variantId === variantId)) {
      return { kind: "unknown_variant" };
    }
    const id = newId("chk");
    const createdAt = new Date();
    const expiresAt = new Date(createdAt.getTime() + CHECKOUT_LIFETIME_MS);
    const sealedIp = await seal(organizationId, TRANSACTION_IP, ip);
    await store.insertCheckout({ organizationId, id, variantId, buyer, sealedIp, createdAt, expiresAt });
    const checkout = await provider.createCheckout({
      variantId,
      redirectUrl: `${baseUrl}/billing?checkout=${id}`,
      expiresAt,
      testMode,
      buyer: { name: buyer.name, email: buyer.email },
      custom: { checkout_id: id, organization_id: organizationId, user_id: buyer.id },
    });
    if (checkout.kind !== "ok") {
      // Even if the provider did make it: nobody has its address, so nobody can pay there.
      await store.deleteCheckout(organizationId, id);
      return { kind: checkout.kind, reason: checkout.reason };
    }
    await store.noteProviderCheckout(organizationId, id, checkout.providerCheckoutId);
    return { kind: "started", id, url: checkout.url, expiresAt };
  };
}

const CHECKOUT_LIFETIME_MS = 24 * 60 * 60 * 1_000;
