import type { AuditObject } from "../../domain/audit/audit-event.ts";

/** A body as it was sent, as far as the audit log may keep it: without secrets, and not without end. Null for what is no object. */
export function redacted(body: unknown): AuditObject | null {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return null;
  const kept = JSON.stringify(body, (field, value) => (SECRETS.has(field) ? "[secret]" : value));
  if (kept.length > LENGTH_MAX) return { omitted: `${kept.length} characters` };
  return JSON.parse(kept);
}

/** Whoever reads the log must not be able to act with what is in it. */
const SECRETS: ReadonlySet<string> = new Set([
  "password",
  "currentPassword",
  "newPassword",
  "key",
  "secret",
  "token",
  "checkout_url",
]);

const LENGTH_MAX = 32_768;
