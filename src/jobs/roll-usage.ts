/** A job that rolls usage up where much has gathered since the last time; a read sums the rest from the ledger itself. It
 *  goes on until little is left, in small steps and for a bounded time, so that the service's own work goes on beside it.
 *  @param clock ms, of any origin.
 *  @returns how many transactions were rolled up. */
export function createUsageRoller(
  rollups: UsageRollups,
  clock: () => number = () => performance.now(),
): () => Promise<number> {
  return async () => {
    const until = clock() + RUN_MS_MAX;
    for (let total = 0; ; ) {
      let rolled = 0;
      for (const organizationId of await rollups.listUnrolled(GATHERED_LEAST, ORGANIZATIONS_MAX)) {
        rolled += await takeTurn(rollups, organizationId);
        if (clock() >= until) return total + rolled;
      }
      total += rolled;
      // Nothing is due, or other processes are at all of it.
      if (rolled === 0) return total;
    }
  };
}

/** A few steps of one organization; then it is another's turn, however much is left. */
async function takeTurn(rollups: UsageRollups, organizationId: string): Promise<number> {
  let total = 0;
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const rolled = await rollups.rollUp(organizationId, STEP);
    total += rolled;
    if (rolled < STEP) break;
  }
  return total;
}

export type UsageRollups = {
  /** Organizations with at least so much usage that is not rolled up, those with the most first. */
  listUnrolled(least: number, limit: number): Promise<readonly string[]>;
  /** Rolls the next usage up, at most `limit`; how many it was. */
  rollUp(organizationId: string, limit: number): Promise<number>;
};

/** Summing this many anew at each read costs a few milliseconds. */
const GATHERED_LEAST = 500;
/** Keeps the process from other work for about 10 ms. */
const STEP = 500;
const STEPS_MAX = 10;
const ORGANIZATIONS_MAX = 10;
/** As long as the pause between two runs: at most half of the time goes into it. */
const RUN_MS_MAX = 1_000;
