/** A job that rolls usage up where much has gathered since the last time; a read sums the rest from the ledger itself. It
 *  takes a bounded number of small steps a run, so that the service's own work goes on beside it.
 *  @returns how many transactions were rolled up. */
export function createUsageRoller(rollups: UsageRollups): () => Promise<number> {
  return async () => {
    let total = 0;
    for (const organizationId of await rollups.listUnrolled(GATHERED_LEAST, STEPS_MAX)) {
      for (let steps = 0; steps < STEPS_MAX; steps += 1) {
        const rolled = await rollups.rollUp(organizationId, STEP);
        total += rolled;
        if (total >= STEPS_MAX * STEP) return total;
        if (rolled < STEP) break;
      }
    }
    return total;
  };
}

export type UsageRollups = {
  /** Organizations with at least so much usage that is not rolled up, those with the most first. */
  listUnrolled(least: number, limit: number): Promise<readonly string[]>;
  /** Rolls the next usage up, at most `limit`; how many it was. */
  rollUp(organizationId: string, limit: number): Promise<number>;
};

/** Summing this many anew at each read costs a few milliseconds. */
const GATHERED_LEAST = 500;
const STEP = 1_000;
const STEPS_MAX = 10;
