import { join } from "node:path";
import pg from "pg";
import Postgrator from "postgrator";
import { migrationsDirectory } from "../installed-files.ts";
import { ensureRoles } from "./roles.ts";

/** Brings a database to the newest schema this installation knows; resolves with the names of the files it ran.
 *  Each file and the note that it ran commit together. Processes that start at once wait for each other.
 *  Throws MigrationFault when a released file was edited, or the database is newer than this installation, and RolesFault
 *  when the roles that the service works as are missing and can't be made. */
export async function migrate(
  connectionString: string,
  directory = migrationsDirectory(),
): Promise<string[]> {
  // A connection of its own: the lock belongs to the session and must be held from the first read to the last commit.
  const client = new pg.Client({ connectionString, application_name: "airtime migrate" });
  client.on("error", () => {}); // the statement under way reports it
  await client.connect();
  try {
    await client.query("set lock_timeout = '300s'"); // another process may be in the middle of a long migration
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await ensureRoles(client);
    return await runPending(client, directory);
  } finally {
    await client.end(); // ending the session releases the lock
  }
}

/** Names of the migrations that this installation has and the database has not yet run: empty means ready.
 *  Reads only. Throws what the database throws when it can't be reached. */
export async function pendingMigrations(
  database: Pick<pg.Pool, "query">,
  directory = migrationsDirectory(),
): Promise<string[]> {
  const known = await new Postgrator(optionsFor(database, directory)).getMigrations();
  const table = await database.query("select to_regclass($1) is not null as exists", [VERSION_TABLE]);
  const ran = table.rows[0]?.exists
    ? await database.query(`select version from ${VERSION_TABLE}`)
    : { rows: [] };
  const versions = new Set(ran.rows.map((row) => Number(row.version)));
  return known
    .filter((migration) => !versions.has(migration.version))
    .map(nameOf)
    .sort();
}

/** A database and an installation that do not fit together; nothing was changed. */
export class MigrationFault extends Error {
  override readonly name = "MigrationFault";
  readonly kind:
    | "released_migration_edited"
    | "migration_out_of_order"
    | "database_is_newer"
    | "migration_failed";

  constructor(kind: MigrationFault["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

const VERSION_TABLE = "schema_version";
const MIGRATION_LOCK = 4_100_001;

async function runPending(client: pg.Client, directory: string): Promise<string[]> {
  const postgrator = new Postgrator(optionsFor(client, directory));
  const known = (await postgrator.getMigrations()).sort((a, b) => a.version - b.version);
  const current = await postgrator.getDatabaseVersion();
  const newest = known.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new MigrationFault(
      "database_is_newer",
      `The database is at migration ${current}, this installation only knows ${newest}: start a newer installation.`,
    );
  }
  await refuseUnfit(client, known, current);
  const pending = known.filter((migration) => migration.version > current);
  for (const migration of pending) await runOne(client, postgrator, migration);
  return pending.map(nameOf);
}

async function runOne(
  client: pg.Client,
  postgrator: Postgrator,
  migration: Postgrator.Migration,
): Promise<void> {
  await client.query("begin");
  try {
    // A migration that can't get its locks quickly must not queue every charge behind it.
    await client.query("set local lock_timeout = '10s'");
    await postgrator.migrate(String(migration.version));
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback").catch(() => {}); // the connection may be what failed
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationFault("migration_failed", `Migration ${nameOf(migration)} failed: ${detail}`, {
      cause,
    });
  }
}

async function refuseUnfit(client: pg.Client, known: Postgrator.Migration[], current: number): Promise<void> {
  if (current === 0) return;
  const ran = await client.query(`select version, md5 from ${VERSION_TABLE}`);
  const checksums = new Map(ran.rows.map((row) => [Number(row.version), String(row.md5)]));
  for (const migration of known.filter(({ version }) => version <= current)) {
    const released = checksums.get(migration.version);
    if (released === migration.md5) continue;
    if (released === undefined) {
      throw new MigrationFault(
        "migration_out_of_order",
        `Migration ${nameOf(migration)} never ran, but ${current} did: give it the next free number.`,
      );
    }
    throw new MigrationFault(
      "released_migration_edited",
      `Migration ${nameOf(migration)} was edited after it ran on this database (checksum ${migration.md5}, ran as ` +
        `${released}). Restore the released file and put the change into a new migration.`,
    );
  }
}

function optionsFor(database: Pick<pg.Pool, "query">, directory: string): Postgrator.PostgreSQLOptions {
  return {
    driver: "pg",
    schemaTable: VERSION_TABLE,
    currentSchema: "public",
    newline: "LF",
    validateChecksums: false, // refuseEdited says it better
    migrationPattern: join(directory.replace(/[\\*?[\](){}!+@]/g, "\\$&"), "*.do.*.sql"),
    execQuery: (query) => database.query(query),
  };
}

function nameOf(migration: Postgrator.Migration): string {
  return `${String(migration.version).padStart(4, "0")}.${migration.name}`;
}
