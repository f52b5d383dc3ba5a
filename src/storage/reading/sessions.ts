import type pg from "pg";
import type { Session, SessionStatus } from "../../domain/charging/session.ts";
import type { Architecture } from "../../domain/pricing/price-book.ts";
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

/** One page, newest start first. */
export async function listSessions(
  pool: pg.Pool,
  organizationId: string,
  filter: SessionFilter,
  { limit, offset }: Page,
): Promise<{ data: Session[]; total: number }> {
  const values = [
    organizationId,
    filter.statuses,
    filter.agentId,
    filter.architecture,
    filter.search === null ? null : `%${filter.search.replace(/[\\%_]/g, "\\$&")}%`,
    filter.from,
    filter.until,
    filter.startedByKey,
  ];
  const [page, count] = await Promise.all([
    pool.query(
      `select ${sessionColumns("s")} from session s where ${FILTER}
       order by s.started_at desc, s.id desc limit $9 offset $10`,
      [...values, limit, offset],
    ),
    pool.query(`select count(*) as total from session s where ${FILTER}`, values),
  ]);
  return { data: page.rows.map(sessionFromRow), total: Number(count.rows[0].total) };
}

export async function findSession(
  pool: pg.Pool,
  organizationId: string,
  id: string,
): Promise<Session | null> {
  const { rows } = await pool.query({
    name: "find_session",
    text: `select ${sessionColumns("s")} from session s where s.org_id = $1 and s.id = $2`,
    values: [organizationId, id],
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
  pool: pg.Pool,
  organizationId: string,
  sessionId: string,
): Promise<string | null> {
  const { rows } = await pool.query(
    "select sealed from session_artifact where org_id = $1 and session_id = $2",
    [organizationId, sessionId],
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
