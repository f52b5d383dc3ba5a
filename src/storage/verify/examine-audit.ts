import type pg from "pg";
import { type AuditCheck, type AuditHead, createAuditCheck } from "../../domain/verification/audit-check.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { AUDIT_COLUMNS, type AuditRow, auditEventFromRow } from "../audit/event-rows.ts";
import { rowTypes } from "../database.ts";
import type { OrganizationRange } from "./organization-range.ts";

/** The audit logs of a range: numbers, hash chain, and where each is said to end. */
export async function examineAudit(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
  onProblem: OnProblem,
): Promise<void> {
  const heads = await readHeads(client, first, last);
  const checks = new Map<string, AuditCheck>();
  const checkOf = (organizationId: string) => {
    const known = checks.get(organizationId) ?? createAuditCheck(organizationId, onProblem);
    checks.set(organizationId, known);
    return known;
  };
  for (const organizationId of heads.keys()) checkOf(organizationId);
  let after = { org_id: first, seq: 0n };
  for (;;) {
    const { rows } = await client.query<AuditRow>({
      text: `select ${AUDIT_COLUMNS} from audit_event where (org_id, seq) > ($1, $2::bigint) and org_id <= $3
        order by org_id, seq limit ${PAGE}`,
      values: [after.org_id, after.seq, last],
      types: rowTypes,
    });
    for (const row of rows) checkOf(row.org_id).next(auditEventFromRow(row));
    const end = rows.at(-1);
    if (end === undefined || rows.length < PAGE) break;
    after = end;
  }
  for (const [organizationId, check] of checks) check.finish(heads.get(organizationId) ?? null);
}

const PAGE = 5_000;

async function readHeads(
  client: pg.ClientBase,
  first: string,
  last: string,
): Promise<Map<string, AuditHead>> {
  const { rows } = await client.query<{ org_id: string; seq: bigint; hash: string }>({
    text: `select org_id, seq, encode(hash, 'hex') as hash from audit_head where org_id >= $1 and org_id <= $2`,
    values: [first, last],
    types: rowTypes,
  });
  return new Map(rows.map(({ org_id, seq, hash }) => [org_id, { seq, hash }]));
}
