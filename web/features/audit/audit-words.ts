import type { Answer } from "../../api/call.ts";

export type AuditEvent = Answer<"GET /api/billing/audit">["data"][number];

/** What can be looked for, in the words of the page. */
export const ACTIONS: readonly { value: string; text: string }[] = [
  { value: "view_billing", text: "Reading of billing" },
  { value: "view_own_sessions", text: "Reading of sessions" },
  { value: "view_organization", text: "Reading of members and settings" },
  { value: "view_audit", text: "Reading of this log" },
  { value: "buy", text: "Buying" },
  { value: "grant_credits", text: "Credits granted" },
  { value: "change_billing_settings", text: "Billing settings" },
  { value: "manage_members", text: "Members" },
  { value: "leave_organization", text: "Leaving" },
  { value: "transfer_ownership", text: "Ownership" },
  { value: "manage_api_keys", text: "API keys" },
  { value: "manage_webhooks", text: "Webhooks" },
  { value: "sign_in", text: "Sign-ins" },
  { value: "sign_out", text: "Sign-outs" },
  { value: "change_password", text: "Passwords" },
  { value: "authenticate", text: "Wrong credentials" },
];

const NAMELESS: Record<AuditEvent["actor"]["type"], string> = {
  user: "A person",
  api_key: "An API key",
  operator: "The operator",
  system: "Airtime itself",
  anonymous: "Nobody known",
};

/** Who it was: a name, else an id, else what kind of caller. */
export function actorName({ actor }: Pick<AuditEvent, "actor">): string {
  const name = actor.name ?? actor.id;
  if (name === null) return NAMELESS[actor.type];
  return actor.type === "api_key" ? `API key ${name}` : name;
}

const READS: Record<string, string> = {
  view_billing: "Looked at billing",
  view_own_sessions: "Looked at sessions",
  view_organization: "Looked at members and settings",
  view_audit: "Looked at the audit log",
  manage_webhooks: "Looked at webhook deliveries",
};

const VISITS: Record<string, string> = {
  sign_in: "Sign in",
  sign_up: "Sign up",
  sign_out: "Sign out",
};

/** What was done, and how often where it was counted. */
export function eventText(
  event: Pick<AuditEvent, "action" | "description" | "count" | "operations">,
): string {
  const { action, description, count, operations } = event;
  const words = operations === null ? (VISITS[action] ?? description) : (READS[action] ?? description);
  return count > 1 ? `${words}, ${count} times` : words;
}

/** A refusal's code as words: `owner_only` is "owner only". */
export function resultText({ result }: Pick<AuditEvent, "result">): string {
  return result.replaceAll("_", " ");
}
