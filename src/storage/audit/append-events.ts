import type pg from "pg";
import type { AuditDraft } from "../../application/audit-ports.ts";
import { type AuditEvent, auditHash } from "../../domain/audit/audit-event.ts";
import { GENESIS_HASH } from "../../domain/ledger/account.ts";

/** Appends to the audit logs of any number of organizations, in a transaction of the caller's: each event gets its
 *  organization's next number and is chained to the one before. Set-based: four statements however many there are. */
export async function appendAuditEvents(
  client: Pick<pg.ClientBase, "query">,
  drafts: readonly AuditDraft[],
): Promise<void> {
  if (drafts.length === 0) return;
  const organizationIds = [...new Set(drafts.map(({ organizationId }) => organizationId))];
  await client.query(BEGIN_LOGS, [organizationIds, GENESIS_HASH]);
  const { rows: heads } = await client.query<HeadRow>(LOCK_HEADS, [organizationIds]);
  const { rows: clock } = await client.query<{ now: string }>(CLOCK);
  const recordedAt = Number(clock[0]?.now);
  const events = heads.flatMap((head) => chained(head, drafts, recordedAt));
  await client.query(INSERT_EVENTS, columnsOf(events));
  const last = new Map(events.map((event) => [event.organizationId, event]));
  await client.query(MOVE_HEADS, [
    [...last.keys()],
    [...last.values()].map(({ seq }) => String(seq)),
    [...last.values()].map(({ hash }) => hash),
  ]);
}

type HeadRow = { org_id: string; seq: bigint; hash: string };

const BEGIN_LOGS = `insert into audit_head (org_id, seq, hash)
  select org_id, 0, decode($2, 'hex') from unnest($1::text[]) as log (org_id) on conflict (org_id) do nothing`;

// In organization order: two that write for the same organizations must not deadlock.
const LOCK_HEADS = `select org_id, seq, encode(hash, 'hex') as hash from audit_head
  where org_id = any($1::text[]) order by org_id for no key update`;

// Read under the locks, so that within a log time never goes back.
const CLOCK = "select floor(extract(epoch from clock_timestamp()) * 1000)::text as now";

const INSERT_EVENTS = `insert into audit_event (org_id, seq, id, recorded_at, occurred_at, last_at, actor_type, actor_id,
    action, operation, subject, result, count, sealed, hash)
  select org_id, seq, id, recorded_at, occurred_at, last_at, actor_type, actor_id, action, operation, subject, result,
    count, sealed, decode(hash, 'hex')
  from unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::integer[], $14::text[], $15::text[])
    as event (org_id, seq, id, recorded_at, occurred_at, last_at, actor_type, actor_id, action, operation, subject,
      result, count, sealed, hash)`;

const MOVE_HEADS = `update audit_head h set seq = log.seq, hash = decode(log.hash, 'hex')
  from unnest($1::text[], $2::bigint[], $3::text[]) as log (org_id, seq, hash) where h.org_id = log.org_id`;

function chained(head: HeadRow, drafts: readonly AuditDraft[], recordedAt: number): AuditEvent[] {
  let { seq, hash } = head;
  return drafts
    .filter(({ organizationId }) => organizationId === head.org_id)
    .map(({ organizationId, id, facts, sealed }) => {
      seq += 1n;
      const event = { ...facts, organizationId, seq, id, recordedAt, sealed };
      hash = auditHash(hash, event);
      return { ...event, hash };
    });
}

function columnsOf(events: readonly AuditEvent[]): unknown[] {
  const times = (read: (event: AuditEvent) => number) =>
    events.map((one) => new Date(read(one)).toISOString());
  return [
    events.map(({ organizationId }) => organizationId),
    events.map(({ seq }) => String(seq)),
    events.map(({ id }) => id),
    times(({ recordedAt }) => recordedAt),
    times(({ occurredAt }) => occurredAt),
    times(({ lastAt }) => lastAt),
    events.map(({ actor }) => actor.type),
    events.map(({ actor }) => actor.id),
    events.map(({ action }) => action),
    events.map(({ operation }) => operation),
    events.map(({ subject }) => subject),
    events.map(({ result }) => result),
    events.map(({ count }) => count),
    events.map(({ sealed }) => sealed),
    events.map(({ hash }) => hash),
  ];
}
