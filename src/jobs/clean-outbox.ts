/** A job that deletes outbox entries older than a week, in small batches, so that nobody who writes one has to wait.
 *  Those who resume a stream from before are told to read anew.
 *  @returns how many it deleted; it stops between batches once the signal is aborted. */
export function createOutboxCleaner(
  outbox: OutboxEraser,
  { keepForMs = WEEK_MS, batchMax = 1_000 }: OutboxCleanerSettings = {},
): (signal?: AbortSignal) => Promise<number> {
  async function cleanOne(organizationId: string, signal?: AbortSignal): Promise<number> {
    for (let deleted = 0; ; ) {
      const batch = await outbox.deleteOld(organizationId, keepForMs, batchMax);
      deleted += batch;
      if (batch < batchMax || signal?.aborted) return deleted;
    }
  }
  return async (signal) => {
    let deleted = 0;
    for (let afterId = ""; ; ) {
      const page = await outbox.listOrganizations(afterId, keepForMs, ORGANIZATIONS_MAX);
      const last = page.at(-1);
      if (last === undefined) return deleted;
      for (const { organizationId, hasOldNews } of page) {
        if (signal?.aborted) return deleted;
        if (hasOldNews) deleted += await cleanOne(organizationId, signal);
      }
      afterId = last.organizationId;
    }
  };
}

export type OutboxEraser = {
  /** A page of organizations after the one named ("" for the first), in order; empty at the end. */
  listOrganizations(
    afterId: string,
    keepForMs: number,
    limit: number,
  ): Promise<readonly { readonly organizationId: string; readonly hasOldNews: boolean }[]>;
  /** Deletes the oldest entries that are older, at most `limit`; how many it deleted. */
  deleteOld(organizationId: string, keepForMs: number, limit: number): Promise<number>;
};

export type OutboxCleanerSettings = { readonly keepForMs?: number; readonly batchMax?: number };

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;
const ORGANIZATIONS_MAX = 500;
