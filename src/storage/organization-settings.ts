import type { OrganizationDatabase } from "./organization-database.ts";

/** The settings of an organization that are not on its account. */

export async function readAlertEmails(database: OrganizationDatabase): Promise<readonly string[]> {
  const { rows } = await database.query("select alert_emails from organization_setting where org_id = $1", [
    database.organizationId,
  ]);
  return rows[0]?.alert_emails ?? [];
}

export async function writeAlertEmails(
  database: OrganizationDatabase,
  alertEmails: readonly string[],
): Promise<void> {
  await database.query(
    `insert into organization_setting (org_id, alert_emails) values ($1, $2::text[])
     on conflict (org_id) do update set alert_emails = excluded.alert_emails`,
    [database.organizationId, alertEmails],
  );
}
