import type { AuditEvent } from "../../domain/audit/audit-event.ts";
import { AUDIT_COLUMNS, type AuditRow, auditEventFromRow } from "../audit/event-rows.ts";
import type { Queryable } from "../organization-database.ts";

/** What is stored about a person with an account, in all organizations; null when nobody has the address. What the audit
 *  log seals is still sealed; what else is sealed is left out. Reads whole tables: for a request that comes once in a while.
 *  Source: SECURITY.md, "Where a person's data is". */
export async function exportPerson(database: Queryable, email: string): Promise<PersonData | null> {
  const { rows } = await database.query<{ id: string }>(PERSON, [email.toLowerCase()]);
  const person = rows[0];
  if (person === undefined) return null;
  const list = async (text: string, value: string) => (await database.query<object>(text, [value])).rows;
  const { rows: audit } = await database.query<AuditRow>(AUDIT, [person.id]);
  return {
    person,
    sign_ins: await list(SIGN_INS, person.id),
    memberships: await list(MEMBERSHIPS, person.id),
    invitations: await list(INVITATIONS, email.toLowerCase()),
    api_keys: await list(API_KEYS, person.id),
    checkouts: await list(CHECKOUTS, person.id),
    transactions: await list(TRANSACTIONS, person.id),
    alert_mail: await list(ALERT_MAIL, email.toLowerCase()),
    audit: audit.map(auditEventFromRow),
  };
}

export type PersonData = {
  readonly person: { readonly id: string };
  /** Where they are signed in. */
  readonly sign_ins: readonly object[];
  readonly memberships: readonly object[];
  /** By address, also of organizations that they never joined. */
  readonly invitations: readonly object[];
  /** That they made. */
  readonly api_keys: readonly object[];
  readonly checkouts: readonly object[];
  /** That name them as their actor. */
  readonly transactions: readonly object[];
  /** Organizations that send alerts to the address. */
  readonly alert_mail: readonly object[];
  /** What they did, and what was done to or tried on them. */
  readonly audit: readonly AuditEvent[];
};

const PERSON = "select id, name, email, email_verified, created_at, updated_at from person where email = $1";
// Without tokens: whoever has this file must not be able to act as the person.
const SIGN_INS = `select id, created_at, expires_at, active_org_id from person_session where user_id = $1
  order by created_at`;
const MEMBERSHIPS = `select m.org_id, o.name, m.role, m.created_at from member m join organization o on o.id = m.org_id
  where m.user_id = $1 order by m.created_at`;
const INVITATIONS = `select org_id, role, status, expires_at, created_at from invitation where email = $1
  order by created_at`;
const API_KEYS = `select org_id, id, name, scopes, prefix, created_at, revoked_at from api_key where created_by = $1
  order by created_at`;
const CHECKOUTS = `select org_id, id, variant_id, buyer_name, created_at, expires_at from checkout where buyer_id = $1
  order by created_at`;
const TRANSACTIONS = `select org_id, seq::float8, type, kind, (amount / 10000.0)::float8 as amount, description, actor, recorded_at
  from transaction
  where actor ->> 'type' = 'user' and actor ->> 'id' = $1 order by org_id, seq`;
// Written as the Owner wrote them; mail goes to them whatever the case.
const ALERT_MAIL = `select org_id from organization_setting
  where exists (select from unnest(alert_emails) address where lower(address) = $1) order by org_id`;
const AUDIT = `select ${AUDIT_COLUMNS} from audit_event where actor_id = $1 or subject = $1 order by org_id, seq`;
