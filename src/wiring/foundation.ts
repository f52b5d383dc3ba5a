import type pg from "pg";
import type { Logger } from "pino";
import { Registry } from "prom-client";
import type { PreparedDemo } from "../../sandbox/demo/prepare-demo.ts";
import type { Config } from "../config.ts";
import { createPool } from "../storage/database.ts";
import { startEmbeddedPostgres } from "../storage/embedded-postgres/start-embedded-postgres.ts";
import { migrate } from "../storage/migrate.ts";
import { connectionAs, type DatabaseRole, requireRole } from "../storage/roles.ts";
import { openRootKey } from "../storage/root-key.ts";
import { traceQueries } from "../storage/trace-queries.ts";
import { measurePools } from "./pool-metrics.ts";
import { startTracing } from "./tracing.ts";

/** What everything else stands on: a migrated database, connections to it, keys. */
export type Foundation = {
  readonly config: Config;
  readonly log: Logger;
  readonly connectionString: string;
  readonly pool: pg.Pool;
  /** For requests that hold a connection while something else takes its time: they must not starve the others. */
  readonly waitingPool: pg.Pool;
  /** For whatever reads more than a few rows of an organization: a flood of pages and files waits for each other, not the
   *  money for them. */
  readonly readingPool: pg.Pool;
  /** For those who send to webhooks: a flood of events waits for itself. */
  readonly sendingPool: pg.Pool;
  /** For the sign-in library alone: in its transactions our own rules are asked, over `pool`. On one pool, a crowd that
   *  signs up would hold every connection and wait for another. */
  readonly signInPool: pg.Pool;
  readonly registry: Registry;
  readonly demo: PreparedDemo | null;
  /** The root key of this database: what every key of the service comes from. */
  readonly secretKey: string;
  readonly closers: Closers;
};

/** What to close, in the order of opening. */
export type Closers = (() => Promise<unknown>)[];

/** @param prepareDemo what demo mode adds; null outside it. */
export async function layFoundation(
  config: Config,
  log: Logger,
  closers: Closers,
  prepareDemo: ((config: Config, pool: pg.Pool) => Promise<PreparedDemo>) | null,
): Promise<Foundation> {
  if (config.traces !== null) await startTracing(config.traces, log, closers);
  const connectionString = config.databaseUrl ?? (await openEmbedded(config, log, closers));
  await migrate(connectionString);
  const openPool = (connectionsMax: number, applicationName: string, role: DatabaseRole = "engine") => {
    const pool = createPool({
      connectionString: connectionAs(role, connectionString),
      connectionsMax,
      applicationName,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
    });
    closers.push(() => pool.end());
    if (config.traces !== null) traceQueries(pool);
    return pool;
  };
  const pool = openPool(8, "airtime");
  const waitingPool = openPool(4, "airtime waiting");
  const readingPool = openPool(4, "airtime reading", "organization");
  const sendingPool = openPool(2, "airtime sending");
  const signInPool = openPool(4, "airtime sign-in");
  await requireRole(pool, "engine");
  const demo = prepareDemo === null ? null : await asOwner(connectionString, prepareDemo.bind(null, config));
  if (demo !== null) closers.push(() => demo.sandbox.stop());
  if (demo !== null) closers.push(async () => demo.inbox?.stop());
  const masterSecret = demo?.secretKey ?? config.secretKey;
  if (masterSecret === null) throw new Error("the configuration lacks AIRTIME_SECRET_KEY");
  const secretKey = await openRootKey(pool, { current: masterSecret, previous: config.previousSecretKey });
  const registry = new Registry();
  const pools = { pool, waitingPool, readingPool, sendingPool, signInPool };
  measurePools(
    { requests: pool, waiting: waitingPool, reading: readingPool, "sign-in": signInPool },
    registry,
  );
  return { config, log, connectionString, ...pools, registry, demo, secretKey, closers };
}

/** Longer than any wait for a lock, and than any statement of a request takes on ten million rows. */
const QUERY_TIMEOUT_MS = 15_000;

/** The demo keeps its keys in a table of its own, which only the owner of the database can make. */
async function asOwner<Result>(
  connectionString: string,
  work: (owner: pg.Pool) => Promise<Result>,
): Promise<Result> {
  const owner = createPool({ connectionString, connectionsMax: 1, applicationName: "airtime demo" });
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

async function openEmbedded(config: Config, log: Logger, closers: Closers): Promise<string> {
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: { info: (message) => log.info(message), warn: (message) => log.warn(message) },
    ...(config.postgresPort === null ? {} : { port: config.postgresPort }),
  });
  closers.push(() => server.stop());
  return server.connectionString;
}
