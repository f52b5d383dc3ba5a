import type pg from "pg";
import { type Config, describeConfigErrors, readConfig } from "../config.ts";
import { createPool } from "../storage/database.ts";
import { demoSecret } from "../storage/demo-secrets.ts";
import { attachEmbeddedPostgres } from "../storage/embedded-postgres/start-embedded-postgres.ts";
import { migrate } from "../storage/migrate.ts";
import { connectionAs, requireRole } from "../storage/roles.ts";
import { openRootKey } from "../storage/root-key.ts";

export type CommandDatabase = {
  readonly config: Config;
  readonly pool: pg.Pool;
  readonly connectionString: string;
};

/** Ends the process with a message and an exit code. */
export function fail(message: string, exitCode: 1 | 2 = 1): never {
  console.error(message);
  process.exit(exitCode);
}

/** The database of a command: DATABASE_URL, else the data directory's PostgreSQL, running or not, migrated.
 *  A mistake in the configuration ends the process with code 2. */
export async function withDatabase(work: (database: CommandDatabase) => Promise<void>): Promise<void> {
  const outcome = readConfig(process.env, "command");
  if (outcome.kind === "refused") fail(describeConfigErrors(outcome.errors), 2);
  const { config } = outcome;
  const quiet = { info: () => {}, warn: (message: string) => console.error(message) };
  const server =
    config.databaseUrl === null
      ? await attachEmbeddedPostgres({ dataDir: config.dataDir, log: quiet })
      : { connectionString: config.databaseUrl, stop: async () => {} };
  const { connectionString } = server;
  const pool = createPool({
    connectionString: connectionAs("engine", connectionString),
    connectionsMax: 4,
    applicationName: "airtime command",
  });
  try {
    await migrate(connectionString);
    await requireRole(pool, "engine");
    await work({ config, pool, connectionString });
  } finally {
    await pool.end();
    await server.stop();
  }
}

/** What every key of the service comes from. Without the secret that opens it the command ends with code 2. */
export async function rootKeyOf({ pool, config }: CommandDatabase): Promise<string> {
  const current = config.secretKey ?? (config.demo ? await existingDemoSecret(pool) : null);
  if (current === null) fail("AIRTIME_SECRET_KEY is not set.", 2);
  return openRootKey(pool, { current, previous: config.previousSecretKey });
}

async function existingDemoSecret(pool: pg.Pool): Promise<string> {
  return demoSecret(pool, "secret_key", () => fail("The demo was never started on this database."));
}
