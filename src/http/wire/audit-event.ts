import { z } from "zod";
import type { AuditDetails, AuditEvent } from "../../domain/audit/audit-event.ts";
import { timeOutput } from "../schemas.ts";

/** An entry of the audit log as it is shown. @param details null when the organization's key was destroyed.
 *  @param summaries of the routes, by operation. */
export function auditEventView(
  event: AuditEvent,
  details: AuditDetails | null,
  summaries: ReadonlyMap<string, string>,
): AuditEventView {
  const { actor, action, operation } = event;
  return {
    id: event.id,
    seq: Number(event.seq),
    at: new Date(event.occurredAt).toISOString(),
    until: new Date(event.lastAt).toISOString(),
    actor: { type: actor.type, id: actor.id, name: details?.actorName ?? null },
    action,
    operation,
    description: (operation === null ? undefined : summaries.get(operation)) ?? inWords(action),
    subject: event.subject,
    result: event.result,
    count: event.count,
    ip_address: details?.ip ?? null,
    user_agent: details?.userAgent ?? null,
    before: details?.before ?? null,
    after: details?.after ?? null,
    input: details?.input ?? null,
    operations: details?.operations ?? null,
    hash: event.hash,
  };
}

export const auditEventSchema = z.strictObject({
  id: z.string(),
  seq: z.int(),
  /** When it happened; the first of several reads, and `until` the last. */
  at: timeOutput,
  until: timeOutput,
  actor: z.strictObject({
    type: z.enum(["user", "api_key", "operator", "system", "anonymous"]),
    id: z.string().nullable(),
    name: z.string().nullable(),
  }),
  action: z.string(),
  operation: z.string().nullable(),
  description: z.string(),
  subject: z.string().nullable(),
  /** "ok" or the code of the refusal. */
  result: z.string(),
  count: z.int(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  input: z.record(z.string(), z.unknown()).nullable(),
  operations: z.record(z.string(), z.int()).nullable(),
  hash: z.string(),
});

export type AuditEventView = z.output<typeof auditEventSchema>;

/** "view_billing" as "View billing". */
function inWords(action: string): string {
  const words = action.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
