import type { Rests } from "./rests.ts";

/** Reads these organizations' news, several at a time. When that fails each is read alone, so that one whose news cannot
 *  be taken is found, and rests. Throws when the database is away.
 *  @returns those that are not finished. */
export async function readUnread(
  cursor: Cursor,
  organizationIds: readonly string[],
  reading: Reading,
): Promise<readonly string[]> {
  const unfinished: string[] = [];
  const awake = organizationIds.filter((id) => !reading.rests.isResting(id));
  for (const batch of pagesOf(awake, BATCH_MAX)) {
    if (reading.signal.aborted) return unfinished;
    unfinished.push(...(await readBatch(cursor, batch, reading)));
  }
  return unfinished;
}

/** The same for every organization that has unread news. */
export async function readAllUnread(cursor: Cursor, reading: Reading): Promise<readonly string[]> {
  const unfinished: string[] = [];
  for (let afterId = ""; !reading.signal.aborted; ) {
    const page = await cursor.listUnread(afterId, PAGE_MAX);
    const last = page.at(-1);
    if (last === undefined) break;
    unfinished.push(...(await readUnread(cursor, page, reading)));
    afterId = last;
  }
  return unfinished;
}

export type Cursor = {
  /** Organizations after the one named ("" for the first) that have unread news, in order; empty at the end. */
  listUnread(afterId: string, limit: number): Promise<readonly string[]>;
  /** Those of the organizations named that have unread news. */
  findUnread(organizationIds: readonly string[]): Promise<readonly string[]>;
  /** Takes the next news of these organizations, all together or none; answers those that are not finished. */
  read(organizationIds: readonly string[]): Promise<readonly string[]>;
};

export type Reading = {
  readonly rests: Rests;
  readonly signal: AbortSignal;
  /** Whether the database was away: then nothing is wrong with what was read. */
  readonly isTransient: (error: unknown) => boolean;
  readonly onFault: (error: unknown) => void;
};

export function pagesOf<Item>(items: readonly Item[], size = PAGE_MAX): Item[][] {
  const pages = Math.ceil(items.length / size);
  return Array.from({ length: pages }, (_, page) => items.slice(page * size, (page + 1) * size));
}

const PAGE_MAX = 500;
const BATCH_MAX = 50;

async function readBatch(
  cursor: Cursor,
  batch: readonly string[],
  reading: Reading,
): Promise<readonly string[]> {
  try {
    const unfinished = await cursor.read(batch);
    for (const id of batch) reading.rests.forget(id);
    return unfinished;
  } catch (error) {
    if (reading.isTransient(error)) throw error;
    if (batch.length > 1) {
      const unfinished: string[] = [];
      for (const id of batch) unfinished.push(...(await readBatch(cursor, [id], reading)));
      return unfinished;
    }
    for (const id of batch) reading.rests.begin(id);
    reading.onFault(error);
    return [];
  }
}
