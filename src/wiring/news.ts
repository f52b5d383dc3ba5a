import type { ClientBase } from "pg";
import { Gauge } from "prom-client";
import { readOutbox } from "../notify/outbox/read-outbox.ts";
import { isTransient } from "../storage/database.ts";
import { createOutboxCursor, type OutboxReader } from "../storage/outbox-cursor.ts";
import type { OutboxEntry } from "../storage/outbox-rows.ts";
import type { Foundation } from "./foundation.ts";

/** Wakes whoever reads the outbox: after a commit of this process, or a hint from another. */
export function createNewsBell(): NewsBell {
  const listeners: NewsListener[] = [];
  return {
    join: (listener) => void listeners.push(listener),
    wake(organizationIds) {
      for (const listener of listeners) listener.wake(organizationIds);
    },
    wakeAll() {
      for (const listener of listeners) listener.wakeAll();
    },
  };
}

export type NewsBell = NewsListener & { join(listener: NewsListener): void };

type NewsListener = {
  /** These organizations may have news. */
  wake(organizationIds: readonly string[]): void;
  /** Anybody may. */
  wakeAll(): void;
};

/** A reader of the outbox and what it makes of the news. `take` writes with the client it is given and does nothing
 *  else: what it writes commits together with the reader's new position. */
export type OutboxReaderPart = OutboxReader & {
  readonly take: (client: ClientBase, entries: readonly OutboxEntry[]) => Promise<void>;
  /** Told when what was written is committed, for those who work from it. */
  readonly onTaken?: () => void;
};

/** Starts the readers. Any number of processes may run them on one database. */
export function startOutboxReaders(
  { pool, log, registry, closers }: Foundation,
  { outboxReaders, bell }: { readonly outboxReaders: readonly OutboxReaderPart[]; readonly bell: NewsBell },
): void {
  const cursors = outboxReaders.map((reader) => {
    const cursor = createOutboxCursor(pool, reader, reader.take);
    const read = async (organizationIds: readonly string[]) => {
      const unfinished = await cursor.read(organizationIds);
      reader.onTaken?.();
      return unfinished;
    };
    return { reader: reader.name, cursor: { ...cursor, read } };
  });
  for (const { reader, cursor } of cursors) {
    const onFault = (error: unknown) =>
      log.warn({ err: error, reader }, "news could not be taken; trying again");
    const reading = readOutbox(cursor, { isTransient, onFault });
    bell.join(reading);
    closers.push(() => reading.stop());
  }
  const lag = new Gauge({
    name: "airtime_outbox_lag_seconds",
    help: "Age of the oldest entry of the outbox that a reader has not taken; 0 when it has taken all.",
    labelNames: ["reader"],
    registers: [registry],
    async collect() {
      // Metrics are asked for above all when the database is not well: what is unknown is left out.
      lag.reset();
      for (const { reader, cursor } of cursors) {
        const lagMs = await cursor.lagMs().catch(() => null);
        if (lagMs !== null) lag.set({ reader }, lagMs / 1_000);
      }
    },
  });
}
