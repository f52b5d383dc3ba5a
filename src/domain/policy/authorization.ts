import { assertNever } from "../assert.ts";

/** May this principal do this? Reads one table and nothing else; the organization is already known to be theirs.
 *  @param who what the principal is within the organization the request names.
 *  Refuses "owner_only" where the contract says so, "forbidden" everywhere else.
 *  Source: docs of the contract, "Who"; brief, "Access, audit, protection". */
export function mayAct(who: PrincipalView, action: Action): Verdict {
  const rule: Rule = rules[action];
  return isAllowed(who, rule) ? "allowed" : (rule.refusal ?? "forbidden");
}

/** Whether an action is about one organization, which the request then has to name or imply. */
export function isAboutOrganization(action: Action): boolean {
  const rule: Rule = rules[action];
  return rule.about === "organization";
}

export type Role = "owner" | "admin" | "member";
export type Scope = "charge" | "read" | "admin";

/** What authorization needs to know of a principal. A person without a role is outside any organization. */
export type PrincipalView =
  | { readonly kind: "operator" }
  | { readonly kind: "api_key"; readonly scopes: readonly Scope[] }
  | { readonly kind: "user"; readonly role: Role | null };

export type Verdict = "allowed" | "forbidden" | "owner_only";

type Rule = {
  readonly about: "organization" | "platform" | "person";
  readonly roles: readonly Role[];
  readonly scopes: readonly Scope[];
  readonly operator: boolean;
  readonly refusal?: "owner_only";
};

const OWNER = ["owner"] as const;
const MANAGERS = ["owner", "admin"] as const;
const EVERYONE = ["owner", "admin", "member"] as const;

// People never charge, and credit (grants, prices, the grace limit) is the operator's alone to give.
const rules = {
  view_billing: { about: "organization", roles: EVERYONE, scopes: ["read"], operator: true },
  view_own_sessions: { about: "organization", roles: EVERYONE, scopes: ["read", "charge"], operator: true },
  view_organization: { about: "organization", roles: EVERYONE, scopes: ["read", "admin"], operator: true },
  view_audit: { about: "organization", roles: OWNER, scopes: [], operator: true },
  view_platform_audit: { about: "platform", roles: [], scopes: [], operator: true },
  charge: { about: "organization", roles: [], scopes: ["charge"], operator: true },
  grant_credits: { about: "organization", roles: [], scopes: [], operator: true },
  set_grace_limit: { about: "organization", roles: [], scopes: [], operator: true },
  change_prices: { about: "platform", roles: [], scopes: [], operator: true },
  view_webhook_events: { about: "platform", roles: [], scopes: [], operator: true },
  buy: { about: "organization", roles: OWNER, scopes: [], operator: false, refusal: "owner_only" },
  change_billing_settings: { about: "organization", roles: OWNER, scopes: [], operator: true },
  transfer_ownership: { about: "organization", roles: OWNER, scopes: [], operator: false },
  manage_members: { about: "organization", roles: MANAGERS, scopes: [], operator: true },
  leave_organization: { about: "organization", roles: EVERYONE, scopes: [], operator: true },
  manage_api_keys: { about: "organization", roles: MANAGERS, scopes: ["admin"], operator: true },
  manage_webhooks: { about: "organization", roles: MANAGERS, scopes: ["admin"], operator: true },
  create_organization: { about: "person", roles: EVERYONE, scopes: [], operator: false },
  view_profile: { about: "person", roles: EVERYONE, scopes: [], operator: false },
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof rules;

/** Every action there is, for the tests of the table. */
export const actions: readonly Action[] = Object.keys(rules).filter((name): name is Action => name in rules);

function isAllowed(who: PrincipalView, rule: Rule): boolean {
  switch (who.kind) {
    case "operator":
      return rule.operator;
    case "api_key":
      return who.scopes.some((scope) => rule.scopes.includes(scope));
    case "user":
      if (rule.about === "person") return true;
      return who.role !== null && rule.roles.includes(who.role);
    default:
      return assertNever(who);
  }
}
