import type pg from "pg";

/** What is not rolled up yet when a chart is read: as much as there ever is in a service that keeps up
 *  (docs/decisions/0007-verification-and-rollups.md). */
const TAIL = 499;

/** Gives a made-up history the rollups of a year: as many rows as real ones would be, with sums that are made up. Rolling
 *  ten million transactions up in earnest takes longer than everything else that is measured of them. */
export async function fillRollups(
  pool: pg.Pool,
  organizationId: string,
  consumptions: number,
): Promise<void> {
  await pool.query(INSERT_ROLLUPS, [organizationId]);
  await pool.query("insert into usage_rollup_cursor (org_id, consumption_seq) values ($1, $2)", [
    organizationId,
    Math.max(0, consumptions - TAIL),
  ]);
  await pool.query("vacuum analyze usage_rollup");
}

const INSERT_ROLLUPS = `
  insert into usage_rollup (org_id, dimension, hour, member, name, amount, sessions, duration_ms, messages, units)
  select $1, dimension, hour, member, null, 52500, 5, 1050000, 0, 0
  from generate_series(date_trunc('hour', now() - interval '1 year', 'UTC'), now(), interval '1 hour') as hour,
    (select 'agent' as dimension, 'agent_' || number as member from generate_series(0, 19) as number
     union all select 'component', unnest(array['base', 'llm', 'stt', 'tts'])) as members`;
