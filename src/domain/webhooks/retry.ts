/** When an event that was not taken is sent again. Source: contract.md (first retry after 5 s); docs/webhooks.md. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Pauses between attempts, together three days and a little: time to be back from a long weekend's outage. */
const PAUSES_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  1 * HOUR_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
  12 * HOUR_MS,
  20 * HOUR_MS,
  25 * HOUR_MS,
] as const;

/** How long until the next attempt; null when there is none.
 *  @param attempts how many there were, at least 1.
 *  @param chance from 0 to below 1: spreads what failed together, by up to a tenth. */
export function pauseBeforeRetryMs(attempts: number, chance: number): number | null {
  const pauseMs = PAUSES_MS[attempts - 1];
  return pauseMs === undefined ? null : Math.round(pauseMs * (1 + chance / 10));
}

/** Whether an endpoint has failed for so long, without taking anything, that nobody is there any more.
 *  @param failingSince epoch ms of the first failure since the last success. */
export function isGivenUp({ failingSince, now }: { failingSince: number; now: number }): boolean {
  return now - failingSince >= GIVEN_UP_AFTER_MS;
}

/** Below the sum of the pauses, so that one event nobody took is enough. */
const GIVEN_UP_AFTER_MS = 72 * HOUR_MS;
