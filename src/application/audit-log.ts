import type { AuditDraft, AuditEntry, AuditLog, AuditStore } from "./audit-ports.ts";
import { createReadCounts } from "./count-reads.ts";

/** Where the sealed part of an entry belongs: to this row, and to no other. */
export const auditPlace = (id: string) => `audit_event.sealed/${id}`;

/** Writes down who did what. Changes at once; reads counted by the hour. */
export function createAuditLog(ports: AuditLogPorts): AuditLog {
  const counts = createReadCounts();
  const draft = async (entry: AuditEntry): Promise<AuditDraft> => {
    const { organizationId, facts, details } = entry;
    const id = ports.newId("aud");
    // A destroyed key is not made anew to say who looked at what is left: what has to be sealed is left out.
    const sealed = (await ports.isErased(organizationId))
      ? null
      : await ports.seal(organizationId, auditPlace(id), JSON.stringify(details));
    return { organizationId, id, facts, sealed };
  };
  const record = async (entries: readonly AuditEntry[]) => {
    if (entries.length > 0) await ports.appendAudit(await Promise.all(entries.map(draft)));
  };
  let flushing: Promise<void> = Promise.resolve();
  return {
    prepare: async (organizationId) => void (await ports.isErased(organizationId)),
    draft,
    record,
    count: counts.count,
    flush(due) {
      // One after the other: what one could not write is put back before the next one looks.
      const flushed = flushing.then(async () => {
        const entries = counts.take(due, ports.now());
        try {
          await record(entries);
        } catch (error) {
          counts.putBack(entries);
          throw error;
        }
      });
      flushing = flushed.catch(() => {});
      return flushed;
    },
  };
}

export type AuditLogPorts = AuditStore & {
  seal(organizationId: string, place: string, text: string): Promise<string>;
  isErased(organizationId: string): Promise<boolean>;
  readonly newId: (prefix: string) => string;
  readonly now: () => number;
};
