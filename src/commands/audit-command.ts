import type pg from "pg";
import { type AuditAction, PLATFORM } from "../domain/audit/audit-event.ts";
import { appendAuditEvents } from "../storage/audit/append-events.ts";
import { newId } from "../storage/identity/new-id.ts";
import { inTransaction } from "../storage/in-transaction.ts";

/** Writes down what the command line changed. Nothing of it has to be sealed, so it needs no secret key: the subject says
 *  which key, credit or price version it was. */
export async function auditCommand(pool: pg.Pool, changed: CommandChange): Promise<void> {
  const { organizationId, ...rest } = changed;
  const now = Date.now();
  const actor = { type: "operator", id: "cli" } as const;
  const facts = { ...rest, actor, result: "ok", count: 1, occurredAt: now, lastAt: now };
  const draft = { organizationId: organizationId ?? PLATFORM, id: newId("aud"), facts, sealed: null };
  await inTransaction(pool, (client) => appendAuditEvents(client, [draft]));
}

export type CommandChange = {
  /** Null for what concerns everybody. */
  readonly organizationId: string | null;
  readonly action: AuditAction;
  /** Such as "airtime grant". */
  readonly operation: string;
  readonly subject: string;
};
