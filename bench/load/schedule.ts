import { createRandom } from "../random.ts";

/** When requests are due, ms since the start, ascending. Made before the run: what the system does can't move it. */
export type Schedule = Float64Array;

/** Arrivals that know nothing of each other (a Poisson process): gaps are exponential, so bursts are part of it.
 *  @param perSecond the mean rate. */
export function poissonSchedule(load: {
  readonly perSecond: number;
  readonly seconds: number;
  readonly seed: number;
}): Schedule {
  const random = createRandom(load.seed);
  const dueMs: number[] = [];
  const endMs = load.seconds * 1_000;
  for (let at = 0; ; ) {
    at -= (Math.log(1 - random()) / load.perSecond) * 1_000;
    if (at >= endMs) return Float64Array.from(dueMs);
    dueMs.push(at);
  }
}
