import { type AuditEvent, auditHash } from "../audit/audit-event.ts";
import { GENESIS_HASH } from "../ledger/account.ts";
import type { OnProblem } from "./problem.ts";

/** Checks one organization's audit log, a row at a time in the order of seq, in constant memory. */
export type AuditCheck = {
  next(event: AuditEvent): void;
  /** Compares the end of the log with what was noted beside it. Call it once, after the last row. */
  finish(head: AuditHead | null): void;
};

/** The number and hash of the last row, kept apart from it: it tells that rows at the end are missing. */
export type AuditHead = { readonly seq: bigint; readonly hash: string };

/** Names the rows that are wrong. The one after a changed row is not to blame: it may follow what the changed one should
 *  be as well as what is stored of it. */
export function createAuditCheck(organizationId: string, onProblem: OnProblem): AuditCheck {
  let lastSeq = 0n;
  let heads: readonly string[] = [GENESIS_HASH];
  const report = (key: bigint, problem: string) =>
    onProblem({ organizationId, table: "audit_event", key: String(key), problem });

  function reportMissing(from: bigint, to: bigint): void {
    report(from, from === to ? "is missing" : `is missing, and so are all up to ${to}`);
  }

  return {
    next(event) {
      const isNext = event.seq === lastSeq + 1n;
      if (!isNext) reportMissing(lastSeq + 1n, event.seq - 1n);
      const expected = heads.map((head) => auditHash(head, event));
      // After a gap nobody knows what the row followed: its hash is taken for right, and the gap is named.
      if (isNext && !expected.includes(event.hash)) report(event.seq, "does not match its hash");
      lastSeq = event.seq;
      heads = isNext ? [event.hash, ...expected] : [event.hash];
    },
    finish(head) {
      const seq = head?.seq ?? 0n;
      if (seq > lastSeq) return reportMissing(lastSeq + 1n, seq);
      if (seq < lastSeq) return report(seq + 1n, "is not known to the log's head");
      if (seq > 0n && head !== null && !heads.includes(head.hash))
        report(seq, "is not what the log's head says");
    },
  };
}
