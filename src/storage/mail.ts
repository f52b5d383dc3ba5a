import type pg from "pg";
import type { AlertFacts, DueMail, MailKind, MailQueue } from "../application/mail-ports.ts";
import { credits } from "../domain/money/credits.ts";
import { newId } from "./identity/new-id.ts";

type Database = Pick<pg.ClientBase, "query">;

/** Adds a mail to those to be sent; with a transaction's client it is sent if that commits. */
export async function insertMail(
  database: Database,
  mail: { readonly organizationId: string; readonly kind: MailKind; readonly sealed: string },
): Promise<void> {
  await database.query("insert into mail_delivery (org_id, id, kind, sealed) values ($1, $2, $3, $4)", [
    mail.organizationId,
    newId("mail"),
    mail.kind,
    mail.sealed,
  ]);
}

/** The mails to be sent, shared by any number of senders. */
export function createMailQueue(pool: pg.Pool): MailQueue {
  return {
    async listDue(limit) {
      const { rows } = await pool.query(LIST_DUE, [limit]);
      return rows.map((row) => ({ organizationId: row.org_id, id: row.id }));
    },
    async lease({ organizationId, id }) {
      const { rows } = await pool.query(LEASE, [organizationId, id]);
      const row = rows[0];
      if (row === undefined) return null;
      return {
        organizationId,
        id,
        sealed: row.sealed,
        attempts: row.attempts,
        createdAt: row.created_at.getTime(),
      };
    },
    noteSent: (mail) => end(pool, mail, "sent", null),
    noteFailed: (mail, reason) => end(pool, mail, "failed", reason),
    async postpone({ organizationId, id }, durationMs, reason) {
      await pool.query(POSTPONE, [organizationId, id, durationMs, reason]);
    },
  };
}

/** Forgets mails that ended long ago. @returns how many. */
export async function deleteEndedMails(pool: pg.Pool, keepForMs: number): Promise<number> {
  const { rowCount } = await pool.query(
    "delete from mail_delivery where status <> 'pending' and ended_at < now() - $1 * interval '1 millisecond'",
    [keepForMs],
  );
  return rowCount ?? 0;
}

/** Mails that wait to be sent, and the age of the oldest. */
export async function countPendingMails(pool: pg.Pool): Promise<{ pending: number; oldestMs: number }> {
  const { rows } = await pool.query(
    `select count(*)::integer as pending, coalesce(max(extract(epoch from now() - created_at)) * 1000, 0)::float8 as oldest
     from mail_delivery where status = 'pending'`,
  );
  return { pending: rows[0].pending, oldestMs: rows[0].oldest };
}

/** What an alert of the organization's balance says; null when there is no such organization any more. */
export async function findAlertFacts(database: Database, organizationId: string): Promise<AlertFacts | null> {
  const { rows } = await database.query(ALERT_FACTS, [organizationId]);
  const row = rows[0];
  if (row === undefined) return null;
  const { rows: optOuts } = await database.query(
    "select address_digest from mail_opt_out where org_id = $1",
    [organizationId],
  );
  const { rows: paces } = await database.query(PACE, [organizationId, PACE_CHARGES]);
  const pace = paces[0];
  return {
    organizationName: row.name,
    ownerEmail: row.owner_email,
    alertEmails: row.alert_emails ?? [],
    optOuts: new Set(optOuts.map((one) => one.address_digest)),
    threshold: credits(row.low_balance_threshold),
    graceLimit: credits(row.grace_limit),
    pace: pace?.used == null ? null : { used: credits(pace.used), durationMs: Number(pace.duration_ms) },
  };
}

/** Who invites, and to what; null when there is no such organization any more. */
export async function findInvitationFacts(
  database: Database,
  { organizationId, inviterId }: { readonly organizationId: string; readonly inviterId: string | null },
): Promise<{ readonly organizationName: string; readonly inviterName: string | null } | null> {
  const { rows } = await database.query(
    "select o.name, p.name as inviter from organization o left join person p on p.id = $2 where o.id = $1",
    [organizationId, inviterId],
  );
  const row = rows[0];
  return row === undefined ? null : { organizationName: row.name, inviterName: row.inviter };
}

/** Ends an organization's warnings to an address, or begins them again. */
export async function setOptOut(
  pool: pg.Pool,
  optOut: { readonly organizationId: string; readonly addressDigest: string; readonly isOut: boolean },
): Promise<void> {
  await pool.query(
    optOut.isOut
      ? "insert into mail_opt_out (org_id, address_digest) values ($1, $2) on conflict do nothing"
      : "delete from mail_opt_out where org_id = $1 and address_digest = $2",
    [optOut.organizationId, optOut.addressDigest],
  );
}

const IS_DUE =
  "status = 'pending' and next_attempt_at <= now() and (leased_until is null or leased_until < now())";
const LIST_DUE = `select org_id, id from mail_delivery where ${IS_DUE} order by next_attempt_at limit $1`;
const LEASE = `update mail_delivery set leased_until = now() + interval '1 minute', attempts = attempts + 1
  where org_id = $1 and id = $2 and ${IS_DUE} returning sealed, attempts, created_at`;
const POSTPONE = `update mail_delivery
  set leased_until = null, next_attempt_at = now() + $3 * interval '1 millisecond', reason = $4
  where org_id = $1 and id = $2 and status = 'pending'`;

async function end(pool: pg.Pool, mail: DueMail, status: "sent" | "failed", reason: string | null) {
  await pool.query(
    `update mail_delivery set status = $3, reason = $4, sealed = null, leased_until = null, ended_at = now()
     where org_id = $1 and id = $2`,
    [mail.organizationId, mail.id, status, reason],
  );
}

const ALERT_FACTS = `select o.name, p.email as owner_email, s.alert_emails, a.low_balance_threshold, a.grace_limit
  from account a join organization o on o.id = a.org_id
  left join member m on m.org_id = a.org_id and m.role = 'owner'
  left join person p on p.id = m.user_id
  left join organization_setting s on s.org_id = a.org_id
  where a.org_id = $1`;

// The latest charges by their dense number: a key range, however long the history is.
const PACE_CHARGES = 100;
const PACE = `select -sum(amount)::bigint as used,
    (extract(epoch from max(recorded_at) - min(recorded_at)) * 1000)::bigint as duration_ms
  from transaction where org_id = $1 and type = 'consumption'
    and type_seq > (select consumption_seq - $2 from account where org_id = $1)
  having count(*) > 1`;
