import type pg from "pg";
import type { BenchContext } from "../context.ts";
import { openApplication } from "../engine/application.ts";
import { createEngineLoad } from "../engine/engine-load.ts";
import { type Figure, plainFigure } from "../figure.ts";

/** What one call leaves behind: its rows with their part of the indexes, and the log that replicas and backups carry. */
export async function measureBytesPerCall({ plan, server, progress }: BenchContext): Promise<Figure[]> {
  progress("scale: weighing calls");
  const database = await server.createDatabase("bytes", "airtime");
  const application = await openApplication(database, plan.organizations);
  const load = createEngineLoad(application);
  // The first checkpoint after a change writes whole pages to the log; in the long run most changes are not the first.
  await load.sessions("spread", plan.runSeconds);
  const before = await weigh(application.pool);
  const callsBefore = load.postings();
  await load.sessions("spread", plan.runSeconds);
  const after = await weigh(application.pool);
  const calls = load.postings() - callsBefore;
  await application.close();
  await server.dropDatabase(database);
  const perCall = (grown: number) => Math.round(grown / calls);
  const tables = [...after.tables].map(
    ([table, bytes]) => `${table} ${perCall(bytes - (before.tables.get(table) ?? 0))}`,
  );
  const sum = (weight: Weight) => [...weight.tables.values()].reduce((total, bytes) => total + bytes, 0);
  return [
    plainFigure({
      name: "scale.call.stored",
      value: perCall(sum(after) - sum(before)),
      unit: "bytes/call",
      note: `a start, two reports and an end; with indexes: ${tables.join(", ")}`,
    }),
    plainFigure({ name: "scale.call.log", value: perCall(after.log - before.log), unit: "bytes/call" }),
  ];
}

type Weight = {
  /** Bytes by table, indexes included. */
  readonly tables: ReadonlyMap<string, number>;
  /** Position in the write-ahead log. */
  readonly log: number;
};

async function weigh(pool: pg.Pool): Promise<Weight> {
  const { rows: tables } = await pool.query(
    `select relname as name, pg_total_relation_size(oid)::float8 as bytes from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace
       and relname in ('transaction', 'session', 'outbox', 'natural_id') order by relname`,
  );
  const { rows: log } = await pool.query(
    "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes",
  );
  return { tables: new Map(tables.map((row) => [row.name, row.bytes])), log: log[0].bytes };
}
