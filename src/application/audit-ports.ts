import type { AuditDetails, AuditFacts } from "../domain/audit/audit-event.ts";

/** Something that happened, before it is sealed and numbered. */
export type AuditEntry = {
  readonly organizationId: string;
  readonly facts: AuditFacts;
  readonly details: AuditDetails;
};

/** An entry with its details sealed, ready to be appended to its organization's log. */
export type AuditDraft = {
  readonly organizationId: string;
  readonly id: string;
  readonly facts: AuditFacts;
  readonly sealed: string | null;
};

/** Appends to the logs, each organization's in the given order. */
export type AuditStore = { appendAudit(drafts: readonly AuditDraft[]): Promise<void> };

/** The audit log as those see it who have something to tell it. */
export type AuditLog = {
  /** Has the organization's key at hand, so that drafting in a transaction soon after needs no second connection. */
  prepare(organizationId: string): Promise<void>;
  /** Seals what happened, to be appended in a transaction of the teller's own. */
  draft(entry: AuditEntry): Promise<AuditDraft>;
  /** Writes down what happened; resolves when it is durable. */
  record(entries: readonly AuditEntry[]): Promise<void>;
  /** Counts a read, or a refused attempt, which may come by the thousand. Written down within seconds when it is the
   *  first of its kind in the hour, else together with the others when the hour is over. */
  count(entry: AuditEntry): void;
  /** Writes down what is due of what was counted; all of it when the process ends or somebody reads the log. */
  flush(due: "due" | "all"): Promise<void>;
};
