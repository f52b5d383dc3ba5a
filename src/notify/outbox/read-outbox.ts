import { setTimeout as pause } from "node:timers/promises";
import { type Cursor, pagesOf, type Reading, readAllUnread, readUnread } from "./read-unread.ts";
import { createRests } from "./rests.ts";

/** Keeps one reader of the outbox going until it is stopped. Woken by `wake` after a commit of this process or a hint
 *  from another; what no hint told of is found by a look around every half minute. Between rounds it rests ten times as
 *  long as a round took, so that a busy ledger is not slowed down by those who read along.
 *  An organization whose news cannot be taken is tried again with growing pauses, and holds up nobody else. */
export function readOutbox(cursor: Cursor, settings: ReadingSettings): OutboxReading {
  const { restMs = 200, lookAroundMs = 30_000 } = settings;
  const waiting = new Set<string>();
  const rests = createRests((organizationId) => wake([organizationId]));
  let mustLookAround = true;
  const stopping = new AbortController();
  let awaken = () => {};

  function wake(organizationIds: readonly string[]): void {
    for (const id of organizationIds) if (!rests.isResting(id)) waiting.add(id);
    if (waiting.size > 0) awaken();
  }

  function wakeAll(): void {
    mustLookAround = true;
    awaken();
  }

  async function run(): Promise<void> {
    let faults = 0;
    while (!stopping.signal.aborted) {
      if (!mustLookAround && waiting.size === 0) {
        await new Promise<void>((resolve) => {
          awaken = resolve;
        });
      }
      const startedAt = Date.now();
      faults = (await readRound()) ? 0 : faults + 1;
      const tookMs = Date.now() - startedAt;
      await restFor(Math.min(Math.max(restMs * 2 ** faults, REST_FACTOR * tookMs), REST_MAX_MS));
    }
  }

  async function restFor(durationMs: number): Promise<void> {
    await pause(durationMs, undefined, { signal: stopping.signal }).catch(() => {}); // stopped: no rest is needed
  }

  /** @returns whether the database answered. If it did not, everything is still to be read. */
  async function readRound(): Promise<boolean> {
    const hinted = [...waiting];
    const looksAround = mustLookAround;
    waiting.clear();
    mustLookAround = false;
    const reading = { ...settings, rests, signal: stopping.signal };
    try {
      if (looksAround) wake(await readAllUnread(cursor, reading));
      for (const page of pagesOf(hinted))
        wake(await readUnread(cursor, await cursor.findUnread(page), reading));
      return true;
    } catch (error) {
      for (const id of hinted) waiting.add(id);
      mustLookAround ||= looksAround;
      settings.onFault(error);
      return false;
    }
  }

  const looking = setInterval(wakeAll, lookAroundMs);
  looking.unref();
  const running = run();
  return {
    wake,
    wakeAll,
    async stop() {
      stopping.abort();
      clearInterval(looking);
      rests.stop();
      awaken();
      await running;
    },
  };
}

export type OutboxReading = {
  /** These organizations may have news. */
  wake(organizationIds: readonly string[]): void;
  /** Anybody may. */
  wakeAll(): void;
  /** Resolves when the round under way is over. */
  stop(): Promise<void>;
};

export type ReadingSettings = Pick<Reading, "isTransient" | "onFault"> & {
  /** The shortest pause between rounds. */
  readonly restMs?: number;
  readonly lookAroundMs?: number;
};

const REST_FACTOR = 10;
const REST_MAX_MS = 2_000;
