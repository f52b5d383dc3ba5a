import {
  decidePriceVersion,
  type PriceVersionAdded,
  type PriceVersionRefused,
  type PriceVersionRequest,
} from "../domain/pricing/add-price-version.ts";
import type { PriceVersionStore } from "./price-ports.ts";

export type AddPriceVersionRequest = PriceVersionRequest & {
  readonly reason: string;
  readonly createdBy: string;
  /** Only says what the version would change. */
  readonly isPreview: boolean;
};

export type AddPriceVersion = (
  request: AddPriceVersionRequest,
) => Promise<PriceVersionAdded | PriceVersionRefused | { readonly kind: "organization_unknown" }>;

/** Adds a version to the price book, or previews it, for the operator's route and the CLI alike. */
export function createAddPriceVersion(ports: {
  readonly versions: Pick<PriceVersionStore, "change">;
  readonly organizationExists: (organizationId: string) => Promise<boolean>;
}): AddPriceVersion {
  return async ({ reason, createdBy, isPreview, ...request }) => {
    const { organizationId } = request;
    if (organizationId !== null && !(await ports.organizationExists(organizationId))) {
      return { kind: "organization_unknown" };
    }
    return ports.versions.change((book, now) => {
      const outcome = decidePriceVersion(book, request, now);
      const isWritten = outcome.kind === "added" && !outcome.repeated && !isPreview;
      return { outcome, written: isWritten ? { ...outcome.version, reason, createdBy } : null };
    });
  };
}
