import type pg from "pg";

/** The settings of an organization that are not on its account. */

export async function readAlertEmails(pool: pg.Pool, organizationId: string): Promise<readonly string[]> {
  const { rows } = await pool.query("select alert_emails from organization_setting where org_id = $1", [
    organizationId,
  ]);
  return rows[0]?.alert_emails ?? [];
}

export async function writeAlertEmails(
  pool: pg.Pool,
  organizationId: string,
  alertEmails: readonly string[],
): Promise<void> {
  await pool.query(
    `insert into organization_setting (org_id, alert_emails) values ($1, $2::text[])
     on conflict (org_id) do update set alert_emails = excluded.alert_emails`,
    [organizationId, alertEmails],
  );
}
