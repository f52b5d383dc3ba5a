import type { AuditAction, AuditActor, AuditEvent } from "../../domain/audit/audit-event.ts";

export type AuditRow = {
  org_id: string;
  seq: bigint;
  id: string;
  recorded_at: Date;
  occurred_at: Date;
  last_at: Date;
  actor_type: AuditActor["type"];
  actor_id: string | null;
  action: AuditAction;
  operation: string | null;
  subject: string | null;
  result: string;
  count: number;
  sealed: string | null;
  hash: string;
};

export const AUDIT_COLUMNS = `org_id, seq, id, recorded_at, occurred_at, last_at, actor_type, actor_id, action, operation,
  subject, result, count, sealed, encode(hash, 'hex') as hash`;

export function auditEventFromRow(row: AuditRow): AuditEvent {
  return {
    organizationId: row.org_id,
    seq: row.seq,
    id: row.id,
    recordedAt: row.recorded_at.getTime(),
    occurredAt: row.occurred_at.getTime(),
    lastAt: row.last_at.getTime(),
    actor: { type: row.actor_type, id: row.actor_id },
    action: row.action,
    operation: row.operation,
    subject: row.subject,
    result: row.result,
    count: row.count,
    sealed: row.sealed,
    hash: row.hash,
  };
}
