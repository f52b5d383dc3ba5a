import { randomBytes } from "node:crypto";
import type pg from "pg";
import { decrypt, derivedKey, encrypt, KEY_BYTES } from "./encryption.ts";

/** The secret that all other keys of the service come from, made once for a database and kept in it wrapped by the master
 *  key. So the master key is changed by wrapping one row anew: whoever starts with the new one and the one before does it.
 *  Throws when neither opens it: with another secret nothing that is sealed could be read.
 *  @param secrets AIRTIME_SECRET_KEY, and AIRTIME_PREVIOUS_SECRET_KEY while it is being changed. */
export async function openRootKey(
  pool: pg.Pool,
  secrets: { readonly current: string; readonly previous: string | null },
): Promise<string> {
  const masterKey = masterKeyOf(secrets.current);
  const wrapped = await findOrMake(pool, masterKey);
  const opened = unwrapped(masterKey, wrapped);
  if (opened !== null) return opened;
  const before = secrets.previous === null ? null : unwrapped(masterKeyOf(secrets.previous), wrapped);
  if (before === null) throw new Error(WRONG_SECRET);
  // Whoever else starts at the same time wraps the same secret.
  await pool.query("update root_key set wrapped = $1, wrapped_at = now() where wrapped = $2", [
    wrap(masterKey, before),
    wrapped,
  ]);
  return before;
}

const WRONG_SECRET =
  "AIRTIME_SECRET_KEY is not the one that this database was set up with. To change it, give the old one as AIRTIME_PREVIOUS_SECRET_KEY too.";

const PLACE = "root key";
const masterKeyOf = (secret: string) => derivedKey(secret, "master key");
const wrap = (masterKey: Buffer, secret: string) => encrypt(masterKey, PLACE, Buffer.from(secret));

function unwrapped(masterKey: Buffer, wrapped: string): string | null {
  try {
    return decrypt(masterKey, PLACE, wrapped).toString();
  } catch {
    return null; // wrapped by another one
  }
}

async function findOrMake(pool: pg.Pool, masterKey: Buffer): Promise<string> {
  const find = () => pool.query<{ wrapped: string }>("select wrapped from root_key");
  let { rows } = await find();
  if (rows.length === 0) {
    const secret = randomBytes(KEY_BYTES).toString("base64url");
    // Another process may be first.
    await pool.query("insert into root_key (id, wrapped) values (1, $1) on conflict (id) do nothing", [
      wrap(masterKey, secret),
    ]);
    ({ rows } = await find());
  }
  const [row] = rows;
  if (row === undefined) throw new Error("the root key was made and is not there");
  return row.wrapped;
}
