/** Counts calls per key in windows of a minute. The provider documents 300 a minute and no Retry-After. */
export function createRateLimit(
  callsPerMinute: number,
): (key: string, nowMs: number) => { admitted: boolean; remaining: number } {
  const windows = new Map<string, { startedAtMs: number; calls: number }>();
  return (key, nowMs) => {
    let window = windows.get(key);
    if (window === undefined || nowMs - window.startedAtMs >= windowMs) {
      window = { startedAtMs: nowMs, calls: 0 };
      // Any key is valid here, so their number has no bound of its own.
      if (windows.size >= keysMax) windows.clear();
      windows.set(key, window);
    }
    window.calls += 1;
    return {
      admitted: window.calls <= callsPerMinute,
      remaining: Math.max(0, callsPerMinute - window.calls),
    };
  };
}

const windowMs = 60_000;
const keysMax = 1_000;
