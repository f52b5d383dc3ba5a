import type pg from "pg";
import type { Session, SessionStatus } from "../../domain/charging/session.ts";
import type { Account } from "../../domain/ledger/account.ts";
import type { Architecture } from "../../domain/pricing/price-book.ts";
import type { OrganizationDatabase } from "../organization-database.ts";
import type { Statement } from "../posting/save.ts";
import { sessionColumns, sessionFromRow } from "../posting/session-rows.ts";
import type { Page } from "./transactions.ts";

/** Billing sessions, read. */

export type SessionFilter = {
  readonly statuses: readonly SessionStatus[] | null;
  readonly agentId: string | null;
  readonly architecture: Architecture | null;
  /** Part of a session id, agent id or agent name, whatever its case. */
  readonly search: string | null;
  /** Epoch ms, [from, until) of the start. */
  readonly from: number | null;
  readonly until: number | null;
  /** Only sessions that this API key opened. */
  readonly startedByKey: string | null;
};

const FILTER = `s.org_id = $1
  and ($2::text[] is null or s.status = any($2))
  and ($3::text is null or s.agent_id = $3)
  and ($4::text is null or s.architecture = $4)
  and ($5::text is null or s.id ilike $5 or s.agent_id ilike $5 or s.agent_name ilike $5)
  and ($6::bigint is null or s.started_at >= to_timestamp($6 / 1000.0))
  and ($7::bigint is null or s.started_at < to_timestamp($7 / 1000.0))
  and ($8::text is null or s.started_by ->> 'id' = $8)`;

/** One page, newest start first, and how many match. @param account as read just before: its counters say how many
 *  there are. */
export async function listSessions(
  database: OrganizationDatabase,
  account: Account,
  filter: SessionFilter,
  { limit, offset }: Page,
): Promise<{ data: Session[]; total: SessionTotal }> {
  const [page, total] = await Promise.all([
    database.query(
      `select ${sessionColumns("s")} from session s where ${FILTER}
       order by s.started_at desc, s.id desc limit $9 offset $10`,
      [...valuesOf(account, filter), limit, offset],
    ),
    countSessions(database, account, filter),
  ]);
  return { data: page.rows.map(sessionFromRow), total };
}

/** How many sessions of a filter are in each state. @param account as read just before. */
export async function countSessionsByStatus(
  database: OrganizationDatabase,
  account: Account,
  filter: Omit<SessionFilter, "statuses">,
): Promise<Record<SessionStatus, SessionTotal>> {
  const count = (status: SessionStatus) =>
    countSessions(database, account, { ...filter, statuses: [status] });
  const [active, stale, settled, cancelled] = await Promise.all([
    count("active"),
    count("stale"),
    count("settled"),
    count("cancelled"),
  ]);
  return { active, stale, settled, cancelled };
}

function valuesOf({ organizationId }: Account, filter: SessionFilter): unknown[] {
  return [
    organizationId,
    filter.statuses,
    filter.agentId,
    filter.architecture,
    filter.search === null ? null : `%${filter.search.replace(/[\\%_]/g, "\\$&")}%`,
    filter.from,
    filter.until,
    filter.startedByKey,
  ];
}

/** How many sessions match; where `isExact` is false there are at least so many. */
export type SessionTotal = { readonly count: number; readonly isExact: boolean };

async function countSessions(
  database: OrganizationDatabase,
  account: Account,
  filter: SessionFilter,
): Promise<SessionTotal> {
  const { statuses, ...others } = filter;
  const counted = Object.values(others).every((value) => value === null)
    ? sessionsIn(account, statuses)
    : null;
  if (counted !== null) return { count: counted, isExact: true };
  const { rows } = await database.query(
    `select count(*) as total from (select 1 from session s where ${FILTER} limit $9) as counted`,
    [...valuesOf(account, filter), COUNTED_MAX + 1],
  );
  const total = Number(rows[0].total);
  return total > COUNTED_MAX ? { count: COUNTED_MAX, isExact: false } : { count: total, isExact: true };
}

/** How many sessions are in one of these states, by the account's counters; null when they do not say, which is only
 *  where active ones are told from stale ones: few enough to be counted. */
function sessionsIn(account: Account, statuses: readonly SessionStatus[] | null): number | null {
  const wanted = new Set(statuses ?? STATUSES);
  if (wanted.has("active") !== wanted.has("stale")) return null;
  return Number(
    (wanted.has("active") ? BigInt(account.activeSessions) : 0n) +
      (wanted.has("settled") ? account.settledSessions : 0n) +
      (wanted.has("cancelled") ? account.cancelledSessions : 0n),
  );
}

const STATUSES: readonly SessionStatus[] = ["active", "stale", "settled", "cancelled"];

/** Counting further would cost more than anybody reads; the page then says "more than". */
const COUNTED_MAX = 10_000;

export async function findSession(database: OrganizationDatabase, id: string): Promise<Session | null> {
  const { rows } = await database.query({
    name: "find_session",
    text: `select ${sessionColumns("s")} from session s where s.org_id = $1 and s.id = $2`,
    values: [database.organizationId, id],
  });
  return rows.length === 0 ? null : sessionFromRow(rows[0]);
}

/** Running sessions that time may have moved on: silent for twice the validity, or stale past the settle window. */
export async function listOverdueSessions(
  pool: pg.Pool,
  { validityMs, settleWindowMs }: { validityMs: number; settleWindowMs: number },
  limit: number,
): Promise<{ organizationId: string; sessionId: string }[]> {
  const { rows } = await pool.query(
    `select org_id, id from session
     where (status = 'active' and last_report_at <= now() - $1 * interval '1 ms')
        or (status = 'stale' and last_report_at <= now() - $2 * interval '1 ms')
     order by last_report_at limit $3`,
    [2 * validityMs, 2 * validityMs + settleWindowMs, limit],
  );
  return rows.map((row) => ({ organizationId: row.org_id, sessionId: row.id }));
}

/** The sealed artifact of a session, or null. */
export async function findSealedArtifact(
  database: OrganizationDatabase,
  sessionId: string,
): Promise<string | null> {
  const { rows } = await database.query(
    "select sealed from session_artifact where org_id = $1 and session_id = $2",
    [database.organizationId, sessionId],
  );
  return rows[0]?.sealed ?? null;
}

/** Stores a session's artifact in place of an earlier one. */
export function putArtifact(organizationId: string, sessionId: string, sealed: string): Statement {
  return {
    text: `insert into session_artifact (org_id, session_id, sealed) values ($1, $2, $3)
      on conflict (org_id, session_id) do update set sealed = excluded.sealed, updated_at = now()`,
    values: [organizationId, sessionId, sealed],
  };
}
