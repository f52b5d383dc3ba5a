import { randomBytes } from "node:crypto";
import type pg from "pg";
import { hashOfKey } from "../../src/application/api-keys.ts";
import { openApplication } from "../engine/application.ts";

/** Funded organizations in a migrated database. @returns a key of each, which may charge and read. */
export async function prepareOrganizations(database: string, count: number): Promise<string[]> {
  const application = await openApplication(database, count);
  try {
    return await makeKeys(application.pool, application.organizationIds);
  } finally {
    await application.close();
  }
}

/** Gives organizations that have an account a name and a key each, in the same order. */
async function makeKeys(pool: pg.Pool, organizationIds: readonly string[]): Promise<string[]> {
  const keys = organizationIds.map(() => `air_live_${randomBytes(16).toString("hex")}`);
  await pool.query(
    "insert into organization (id, name, slug) select id, id, id from unnest($1::text[]) as id",
    [organizationIds],
  );
  await pool.query(
    `insert into api_key (org_id, id, name, scopes, prefix, hash, created_by)
     select org_id, 'key_' || org_id, 'Voice runtime', array['charge', 'read'], 'air_live_', hash, 'bench'
     from unnest($1::text[], $2::bytea[]) as key (org_id, hash)`,
    [organizationIds, keys.map(hashOfKey)],
  );
  return keys;
}
