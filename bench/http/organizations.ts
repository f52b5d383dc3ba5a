import { randomBytes } from "node:crypto";
import type pg from "pg";
import { hashOfKey } from "../../src/application/api-keys.ts";

/** Gives organizations that have an account a name and a charging key each. @returns the keys, in the same order. */
export async function makeKeys(pool: pg.Pool, organizationIds: readonly string[]): Promise<string[]> {
  const keys = organizationIds.map(() => `air_live_${randomBytes(16).toString("hex")}`);
  await pool.query(
    "insert into organization (id, name, slug) select id, id, id from unnest($1::text[]) as id",
    [organizationIds],
  );
  await pool.query(
    `insert into api_key (org_id, id, name, scopes, prefix, hash, created_by)
     select org_id, 'key_' || org_id, 'Voice runtime', array['charge'], 'air_live_', hash, 'bench'
     from unnest($1::text[], $2::bytea[]) as key (org_id, hash)`,
    [organizationIds, keys.map(hashOfKey)],
  );
  return keys;
}
