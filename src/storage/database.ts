import pg from "pg";
import { PREPARE_SCOPE } from "./organization-database.ts";

/** A pool of connections to one database.
 *  Rows arrive with int8 as bigint (money and sequence numbers must not become floats) and timestamptz as Date.
 *  A connection that breaks while idle is dropped and told to `onIdleError`; it never takes the process down.
 *  @param queryTimeoutMs after which a statement's connection counts as lost, in case it has gone silent as when a machine
 *  vanishes; without it a statement may take as long as it likes.
 *  @param connectionsMax keep it near 8: larger pools make PostgreSQL slower (docs/decisions). */
export function createPool(settings: {
  connectionString: string;
  connectionsMax?: number;
  applicationName?: string;
  connectTimeoutMs?: number;
  queryTimeoutMs?: number;
  onIdleError?: (error: Error) => void;
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: settings.connectionString,
    max: settings.connectionsMax ?? 8,
    application_name: settings.applicationName ?? "airtime",
    connectionTimeoutMillis: settings.connectTimeoutMs ?? 5_000,
    keepAlive: true,
    // Whoever stops in mid-transaction, or waits for somebody who did, must not do so for ever. Checkouts and batches keep
    // a transaction open while a provider or the engine takes its seconds.
    ...(settings.queryTimeoutMs === undefined ? {} : { query_timeout: settings.queryTimeoutMs }),
    idle_in_transaction_session_timeout: 30_000,
    lock_timeout: 10_000,
    types: rowTypes,
    onConnect: async (client) => void (await client.query(PREPARE_SCOPE)),
  });
  pool.on("error", settings.onIdleError ?? (() => {}));
  // One that breaks in somebody's hands between two statements tells of it by its next one; unheard, the event would end
  // the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Parsers for a single `pg.Client` that must read rows as the pool does (pass as its `types`). */
export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === pg.types.builtins.INT8 && format !== "binary") return (text: string) => BigInt(text);
    if (Number(oid) === INT8_ARRAY && format !== "binary") return parseBigintArray;
    return pg.types.getTypeParser(oid, format);
  },
};

const INT8_ARRAY = 1016;

function parseBigintArray(text: string): (bigint | null)[] {
  if (text === "{}") return [];
  return text
    .slice(1, -1)
    .split(",")
    .map((item) => (item === "NULL" ? null : BigInt(item)));
}

/** Whether the same work may succeed if it is done again shortly: a serialization failure or deadlock, a lost or refused
 *  connection, a server that is starting, stopping, full or was just demoted. After a lost connection the outcome of a
 *  COMMIT is unknown: only work with natural ids may be repeated blindly. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== null)
    return TRANSIENT_CODES.has(code) || TRANSIENT_CLASSES.some((prefix) => isSqlStateOf(prefix, code));
  // The driver gives these no code of any kind: its text is all there is to tell them by.
  if (CONNECTION_LOST_TEXTS.some((text) => error.message.startsWith(text))) return true;
  if (error instanceof AggregateError) return error.errors.some(isTransient);
  return error.cause !== undefined && isTransient(error.cause);
}

/** The SQLSTATE of an error that PostgreSQL reported, else null. */
export function sqlStateOf(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null;
}

/** The name of the constraint that an error says was violated, else null. Citus adds the shard's number to the name; it
 *  is taken off, so that one name serves one machine and many. */
export function violatedConstraintOf(error: unknown): string | null {
  if (!(error instanceof pg.DatabaseError) || !error.constraint) return null;
  return error.constraint.replace(/_\d+$/, "");
}

// 08: connection exceptions; 57P: shutdown, crash, cannot connect now; 53: out of connections, memory or disk.
const TRANSIENT_CLASSES = ["08", "57P", "53"];

const TRANSIENT_CODES = new Set([
  "40001", // serialization failure
  "40P01", // deadlock
  "55P03", // lock timeout
  "25P03", // the server ended a transaction that stood still
  "25006", // read only: this server was demoted
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

const CONNECTION_LOST_TEXTS = [
  "Connection terminated",
  "timeout exceeded when trying to connect",
  "Query read timeout",
  "Client has encountered a connection error",
  "Client was closed and is not queryable",
];

function codeOf(error: Error): string | null {
  return "code" in error && typeof error.code === "string" ? error.code : null;
}

function isSqlStateOf(prefix: string, code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && code.startsWith(prefix);
}
