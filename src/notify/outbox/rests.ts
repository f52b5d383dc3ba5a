/** Organizations left alone for a while because their news could not be taken: a second at first, twice as long each time
 *  it fails again, a minute at most. @param onRested told when one may be tried again. */
export function createRests(onRested: (organizationId: string) => void): Rests {
  const resting = new Map<string, NodeJS.Timeout>();
  const failures = new Map<string, number>();
  return {
    isResting: (organizationId) => resting.has(organizationId),
    begin(organizationId) {
      const failed = failures.get(organizationId) ?? 0;
      failures.set(organizationId, failed + 1);
      const restMs = Math.min(FIRST_MS * 2 ** failed, LONGEST_MS);
      const timer = setTimeout(() => {
        resting.delete(organizationId);
        onRested(organizationId);
      }, restMs);
      timer.unref();
      resting.set(organizationId, timer);
    },
    forget: (organizationId) => void failures.delete(organizationId),
    stop() {
      for (const timer of resting.values()) clearTimeout(timer);
    },
  };
}

export type Rests = {
  isResting(organizationId: string): boolean;
  begin(organizationId: string): void;
  /** It went well: the next failure counts as the first. */
  forget(organizationId: string): void;
  stop(): void;
};

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
