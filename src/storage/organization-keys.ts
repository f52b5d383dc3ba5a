import { randomBytes } from "node:crypto";
import type pg from "pg";
import { decrypt, derivedKey, encrypt, KEY_BYTES } from "./encryption.ts";
import { inTransaction } from "./in-transaction.ts";
import type { OrganizationDatabase } from "./organization-database.ts";

/** An organization's data keys, the first version first; null when they were destroyed. The last one seals; the ledger's
 *  ciphertext is part of the chain, so what an earlier one sealed stays, and stays readable. */
export type DataKeys = readonly Buffer[] | null;

/** Wraps and unwraps data keys. @param secret the service's root key. */
export function wrappingKeyOf(secret: string): Buffer {
  return derivedKey(secret, "organization keys");
}

/** The keys; made on first use, by whichever process comes first. */
export async function loadDataKeys(database: OrganizationDatabase, wrappingKey: Buffer): Promise<DataKeys> {
  const { organizationId } = database;
  const find = () =>
    database.query<KeyRow>("select wrapped from organization_key where org_id = $1", [organizationId]);
  let { rows } = await find();
  if (rows.length === 0) {
    await database.query(
      "insert into organization_key (org_id, wrapped) values ($1, $2) on conflict (org_id) do nothing",
      [organizationId, [newWrapped(wrappingKey, organizationId)]],
    );
    ({ rows } = await find());
  }
  const wrapped = rows[0]?.wrapped ?? null;
  return wrapped === null ? null : wrapped.map((one) => decrypt(wrappingKey, placeOf(organizationId), one));
}

/** Gives an organization a new data key for what is sealed from now on. Every process uses it within a minute.
 *  @returns which version it is, or what stands in the way. */
export async function rotateDataKey(
  pool: pg.Pool,
  organizationId: string,
  wrappingKey: Buffer,
): Promise<number | "erased" | "unknown"> {
  const { rows } = await pool.query<{ version: number | null }>(
    // Appending to null would give an erased organization a key.
    `update organization_key set wrapped = case when wrapped is not null then wrapped || $2::text end
     where org_id = $1 returning cardinality(wrapped) as version`,
    [organizationId, newWrapped(wrappingKey, organizationId)],
  );
  const [row] = rows;
  return row === undefined ? "unknown" : (row.version ?? "erased");
}

/** Destroys an organization's data keys, for good: nothing that they sealed can be read again, in no backup of ciphertext
 *  alone either. Answers kept under an Idempotency-Key go too: some were sealed with another key. */
export async function destroyDataKeys(pool: pg.Pool, organizationId: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      `insert into organization_key (org_id, wrapped) values ($1, null)
       on conflict (org_id) do update set wrapped = null`,
      [organizationId],
    );
    await client.query("delete from idempotency where org_id = $1", [organizationId]);
  });
}

type KeyRow = { wrapped: readonly string[] | null };

const placeOf = (organizationId: string) => `key/${organizationId}`;

function newWrapped(wrappingKey: Buffer, organizationId: string): string {
  return encrypt(wrappingKey, placeOf(organizationId), randomBytes(KEY_BYTES));
}
