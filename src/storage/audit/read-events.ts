import type { AuditEvent } from "../../domain/audit/audit-event.ts";
import type { OrganizationDatabase } from "../organization-database.ts";
import { AUDIT_COLUMNS, type AuditRow, auditEventFromRow } from "./event-rows.ts";

export type AuditFilter = {
  readonly action: string | null;
  readonly actorId: string | null;
  /** Epoch ms, [from, until). */
  readonly from: number | null;
  readonly until: number | null;
};

/** A page of an organization's audit log, newest first, and how many entries the filter leaves. */
export async function listAuditEvents(
  database: OrganizationDatabase,
  filter: AuditFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ data: AuditEvent[]; total: number }> {
  const values = valuesOf(database.organizationId, filter);
  const { rows: counted } = await database.query<{ total: bigint }>(
    `select count(*) as total from audit_event where ${MATCHES}`,
    values,
  );
  const { rows } = await database.query<AuditRow>(
    `select ${AUDIT_COLUMNS} from audit_event where ${MATCHES} order by seq desc limit $6 offset $7`,
    [...values, page.limit, page.offset],
  );
  return { data: rows.map(auditEventFromRow), total: Number(counted[0]?.total ?? 0) };
}

/** The same without pages, oldest first, read as the reader takes it: memory stays constant. */
export async function* exportAuditEvents(
  database: OrganizationDatabase,
  filter: AuditFilter,
): AsyncGenerator<AuditEvent> {
  for (let after = 0n; ; ) {
    const { rows } = await database.query<AuditRow>(
      `select ${AUDIT_COLUMNS} from audit_event where ${MATCHES} and seq > $6 order by seq limit ${PAGE}`,
      [...valuesOf(database.organizationId, filter), after],
    );
    for (const row of rows) yield auditEventFromRow(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.seq;
  }
}

const PAGE = 1_000;

const MATCHES = `org_id = $1 and ($2::text is null or action = $2) and ($3::text is null or actor_id = $3)
  and ($4::timestamptz is null or occurred_at >= $4) and ($5::timestamptz is null or occurred_at < $5)`;

function valuesOf(organizationId: string, { action, actorId, from, until }: AuditFilter): unknown[] {
  const time = (epochMs: number | null) => (epochMs === null ? null : new Date(epochMs));
  return [organizationId, action, actorId, time(from), time(until)];
}
