import pg from "pg";
import { connectionAs } from "../roles.ts";
import { openWireSession, type WireSession } from "../wire/session.ts";

/** One lane's connection: opened when it is needed, thrown away after any failure. */
export type EngineConnection = {
  open(): Promise<WireSession>;
  drop(): void;
  close(): Promise<void>;
};

// The statements join arrays to tables by primary key, and compiling or planning them anew costs more than running them.
const SETTINGS =
  "set jit = off; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; " +
  "set plan_cache_mode = force_generic_plan";

/** @param silenceMs how long the server may say nothing while it is asked something. */
export function createEngineConnection(connectionString: string, silenceMs: number): EngineConnection {
  let current: Promise<WireSession> | null = null;

  function open(): Promise<WireSession> {
    if (current !== null) return current;
    const opened = connect({ connectionString, silenceMs }, () => forget());
    // A late event of an older connection must not throw away the one in use.
    const forget = () => {
      if (current === opened) current = null;
    };
    opened.catch(forget);
    current = opened;
    return opened;
  }

  async function close(): Promise<void> {
    const closing = current;
    current = null;
    const session = await closing?.catch(() => null);
    await session?.close();
  }

  return {
    open,
    drop() {
      close().catch(() => {}); // it may be what broke
    },
    close,
  };
}

// A process that stops in mid-transaction keeps its locks. The server ends such a transaction, so that the other
// processes wait no longer than this, and lets them wait a little longer than that. Source: docs/decisions/0002-spine.md.
const STANDSTILL_MS = 2_000;
const LOCK_WAIT_MS = 3_000;

async function connect(
  { connectionString, silenceMs }: { readonly connectionString: string; readonly silenceMs: number },
  onLost: () => void,
): Promise<WireSession> {
  const client = new pg.Client({
    connectionString: connectionAs("engine", connectionString),
    application_name: "airtime engine",
    connectionTimeoutMillis: 5_000,
    query_timeout: silenceMs,
    keepAlive: true,
    idle_in_transaction_session_timeout: STANDSTILL_MS,
    lock_timeout: LOCK_WAIT_MS,
  });
  client.on("error", onLost); // the exchange under way reports it
  client.on("end", onLost);
  try {
    await client.connect();
    await client.query(SETTINGS);
    return replanning(openWireSession(client, onLost, silenceMs));
  } catch (error) {
    client.end().catch(() => {}); // it never got going
    throw error;
  }
}

/** A plan made while a table was empty would go through all of it for ever. So plans are made anew after 1, 2, 4, 8 …
 *  exchanges: whatever they were made for, the tables have at most doubled since, or are large enough to be right for. */
function replanning(session: WireSession): WireSession {
  let exchanges = 0;
  return {
    async exchange(statements) {
      exchanges += 1;
      const isDue = (exchanges & (exchanges - 1)) === 0;
      if (!isDue) return session.exchange(statements);
      // At the end: a transaction that has failed takes nothing but its rollback.
      const results = await session.exchange([...statements, DISCARD_PLANS]);
      return results.slice(0, -1);
    },
    close: session.close,
  };
}

const DISCARD_PLANS = { name: "discard_plans", text: "discard plans", values: [] };
