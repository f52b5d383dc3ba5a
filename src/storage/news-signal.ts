import pg from "pg";
import { connectionAs } from "./roles.ts";

/** Tells the other processes on this database which organizations have news, and hears it from them. Only a hint that
 *  makes the stream fast: what is lost (a payload, the connection) is found by whoever polls the outbox.
 *  Never part of a posting: NOTIFY takes one lock for the whole database at commit. */
export function openNewsSignal(settings: NewsSignalSettings): NewsSignal {
  const pending = new Set<string>();
  const link = keepListening(settings);
  let resting: NodeJS.Timeout | null = null;
  const send = () => {
    if (pending.size === 0) {
      resting = null;
      return;
    }
    link.notify(payloadOf(pending));
    pending.clear();
    // The first news goes out at once; what comes in the meantime waits and goes together.
    resting = setTimeout(send, PAUSE_MS);
    resting.unref();
  };
  return {
    announce(organizationIds) {
      for (const id of organizationIds) pending.add(id);
      if (resting === null) send();
    },
    async stop() {
      if (resting !== null) clearTimeout(resting);
      pending.clear();
      await link.stop();
    },
  };
}

export type NewsSignal = {
  /** To be called after a commit. At most one notification every 50 ms leaves the process. */
  announce(organizationIds: readonly string[]): void;
  stop(): Promise<void>;
};

export type NewsSignalSettings = {
  readonly connectionString: string;
  /** Another process committed news of these organizations. */
  readonly onNews: (organizationIds: readonly string[]) => void;
  /** It is not known whose news there is: too many, or the connection was away. */
  readonly onMissed: () => void;
  readonly onFault: (error: unknown) => void;
};

const CHANNEL = "airtime_outbox";
const PAUSE_MS = 50;
// PostgreSQL takes payloads below 8,000 bytes.
const PAYLOAD_BYTES_MAX = 7_900;
const RETRY_MS = { first: 100, max: 5_000 };

/** A JSON array of organizations; empty when they do not fit, which means anybody. */
function payloadOf(organizationIds: ReadonlySet<string>): string {
  const payload = JSON.stringify([...organizationIds]);
  return Buffer.byteLength(payload) > PAYLOAD_BYTES_MAX ? "[]" : payload;
}

/** Keeps one connection listening until it is stopped: opened anew, with growing pauses, whenever it breaks. */
function keepListening(settings: NewsSignalSettings) {
  const stopping = new AbortController();
  let current: pg.Client | null = null;
  // One after the other: a client takes no query while it works on another.
  let sending = Promise.resolve();
  const running = run();

  async function run(): Promise<void> {
    let pauseMs = RETRY_MS.first;
    while (!stopping.signal.aborted) {
      const client = createClient(settings);
      const ended = new Promise<void>((resolve) => client.once("end", resolve));
      try {
        await client.connect();
        // A lost hint is harmless, so it need not wait for the disk.
        await client.query(`set synchronous_commit = off; listen ${CHANNEL}`);
        current = client;
        pauseMs = RETRY_MS.first;
        settings.onMissed();
        if (stopping.signal.aborted) client.end().catch(() => {}); // stopped while it connected
        await ended;
      } catch (error) {
        settings.onFault(error);
        client.end().catch(() => {}); // it may be what broke
      }
      current = null;
      if (!stopping.signal.aborted) await pause(pauseMs, stopping.signal);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS.max);
    }
  }

  return {
    notify(payload: string): void {
      sending = sending
        .then(async () => void (await current?.query("select pg_notify($1, $2)", [CHANNEL, payload])))
        .catch(settings.onFault);
    },
    async stop(): Promise<void> {
      stopping.abort();
      current?.end().catch(() => {}); // already broken: the same to us
      await running;
    },
  };
}

function createClient(settings: NewsSignalSettings): pg.Client {
  const client = new pg.Client({
    connectionString: connectionAs("organization", settings.connectionString),
    application_name: "airtime news",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  client.on("error", settings.onFault);
  client.on("notification", ({ processId, payload }) => {
    // The server tells us our own news too.
    if (processId === Reflect.get(client, "processID")) return;
    const organizationIds = parsePayload(payload ?? "");
    if (organizationIds.length === 0) settings.onMissed();
    else settings.onNews(organizationIds);
  });
  return client;
}

/** Empty for whatever this version did not write: then anybody may have news. */
function parsePayload(payload: string): string[] {
  try {
    const parsed: unknown = JSON.parse(payload);
    return Array.isArray(parsed) ? parsed.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
