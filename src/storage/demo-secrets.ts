import type pg from "pg";

/** What the demo keeps over restarts, in the demo's own database: a second process on it has the same keys.
 *  Never used outside demo mode, so it is no part of the schema. Its first use is the owner's, who may make a table. */
export async function demoSecret(pool: pg.Pool, name: string, make: () => string): Promise<string> {
  await createTable(pool);
  const find = () => pool.query("select value from demo_secret where name = $1", [name]);
  const found = await find();
  if (found.rows.length > 0) return found.rows[0].value;
  await pool.query("insert into demo_secret (name, value) values ($1, $2) on conflict (name) do nothing", [
    name,
    make(),
  ]);
  // Another process may have been first.
  const { rows } = await find();
  return rows[0].value;
}

/** Puts another value in its place. */
export async function replaceDemoSecret(pool: pg.Pool, name: string, value: string): Promise<string> {
  await pool.query("update demo_secret set value = $2 where name = $1", [name, value]);
  return value;
}

async function createTable(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query("select to_regclass('demo_secret') is not null as exists");
  if (rows[0].exists) return;
  const client = await pool.connect();
  try {
    // "if not exists" alone is a race between two first starts.
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(4100002)");
    await client.query("create table if not exists demo_secret (name text primary key, value text not null)");
    await client.query("commit");
  } finally {
    client.release();
  }
}
