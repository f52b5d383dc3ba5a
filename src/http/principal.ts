import { assertNever } from "../domain/assert.ts";
import type { PrincipalView, Scope } from "../domain/policy/authorization.ts";
import type { Actor, Membership } from "../domain/policy/organization.ts";

/** Who sent the request. */
export type Principal =
  | { readonly kind: "operator" }
  | {
      readonly kind: "api_key";
      readonly keyId: string;
      readonly name: string;
      readonly organizationId: string;
      readonly scopes: readonly Scope[];
    }
  | {
      readonly kind: "user";
      readonly userId: string;
      readonly name: string;
      readonly email: string;
      /** The earliest joined first. */
      readonly memberships: readonly Membership[];
      readonly activeOrganizationId: string | null;
    };

/** The principal as authorization sees it within one organization (null: the action is about none). */
export function viewWithin(principal: Principal, organizationId: string | null): PrincipalView {
  switch (principal.kind) {
    case "operator":
      return { kind: "operator" };
    case "api_key":
      return { kind: "api_key", scopes: principal.scopes };
    case "user": {
      const membership = principal.memberships.find((one) => one.organizationId === organizationId);
      return { kind: "user", role: membership?.role ?? null };
    }
    default:
      return assertNever(principal);
  }
}

/** Where a person acts without naming an organization: in the session's active one, or, before any was chosen, the one
 *  joined first. Null when they have left the chosen one: guessing another could buy credits for the wrong one. */
export function impliedMembership(
  memberships: readonly Membership[],
  activeOrganizationId: string | null,
): Membership | null {
  const [first, second] = memberships;
  if (activeOrganizationId === null || second === undefined) return first ?? null;
  return memberships.find((one) => one.organizationId === activeOrganizationId) ?? null;
}

/** The principal as the ledger and the audit log name it. */
export function actorOf(principal: Principal): Actor {
  switch (principal.kind) {
    case "operator":
      return { type: "operator", id: "operator", name: "Operator" };
    case "api_key":
      return { type: "api_key", id: principal.keyId, name: principal.name };
    case "user":
      return { type: "user", id: principal.userId, name: principal.name };
    default:
      return assertNever(principal);
  }
}

/** True for callers that no rate limit may slow down: the operator and keys that charge running calls. */
export function isUnlimited(principal: Principal): boolean {
  return (
    principal.kind === "operator" || (principal.kind === "api_key" && principal.scopes.includes("charge"))
  );
}
