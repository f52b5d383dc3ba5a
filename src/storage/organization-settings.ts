import type pg from "pg";
import type { Json } from "../domain/ledger/canonical-json.ts";

/** The settings of an organization that are not on its account. */
export type OrganizationSettings = { readonly alertEmails: readonly string[]; readonly spendLimits: Json };

export async function readSettings(pool: pg.Pool, organizationId: string): Promise<OrganizationSettings> {
  const { rows } = await pool.query(
    "select alert_emails, spend_limits from organization_setting where org_id = $1",
    [organizationId],
  );
  return { alertEmails: rows[0]?.alert_emails ?? [], spendLimits: rows[0]?.spend_limits ?? null };
}

/** Changes the parts that are given. */
export async function writeSettings(
  pool: pg.Pool,
  organizationId: string,
  change: Partial<OrganizationSettings>,
): Promise<void> {
  const { alertEmails = null, spendLimits } = change;
  await pool.query(
    `insert into organization_setting as s (org_id, alert_emails, spend_limits)
     values ($1, coalesce($2::text[], '{}'), $3)
     on conflict (org_id) do update set
       alert_emails = coalesce($2::text[], s.alert_emails),
       spend_limits = case when $4 then $3 else s.spend_limits end`,
    [organizationId, alertEmails, JSON.stringify(spendLimits ?? null), spendLimits !== undefined],
  );
}
