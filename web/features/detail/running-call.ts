import type { Session, Summary } from "../../api/records.ts";

/** What a running call shows between two reports. */
export interface RunningCall {
  elapsedSeconds: number;
  cost: number;
  /** Seconds to the end of a final grant; null while the grant can be renewed. */
  endsInSeconds: number | null;
  /** Whether reports come in: the last one is not older than the grant allows. */
  reporting: boolean;
  /** Seconds since the last report of a runtime that has fallen silent; null while it has not. */
  silentSeconds: number | null;
}

/** Without a report for this long a runtime counts as silent (half its validity). */
const SILENT_AFTER_MS = 45_000;

/** A call's time and cost now: what was reported, ticked on by the clock, never past what the service granted. */
export function runningCall(session: Session, nowMs: number): RunningCall {
  const reportedAtMs = Date.parse(session.last_report_at);
  const grantedSeconds = session.grant?.seconds ?? Number.POSITIVE_INFINITY;
  const sinceSeconds = Math.max(0, (nowMs - reportedAtMs) / 1000);
  const tickedSeconds = session.rate_per_minute === null ? 0 : Math.min(sinceSeconds, grantedSeconds);
  return {
    elapsedSeconds: session.duration_seconds + tickedSeconds,
    cost: session.cost + (tickedSeconds / 60) * (session.rate_per_minute ?? 0),
    endsInSeconds:
      session.grant?.final && Number.isFinite(grantedSeconds) ? grantedSeconds - tickedSeconds : null,
    reporting: session.status === "active" && nowMs - reportedAtMs < SILENT_AFTER_MS,
    silentSeconds: session.status === "stale" ? sinceSeconds : null,
  };
}

/** Seconds that running calls may still go on: until the balance is used up, and once it is, until the grace is. What they have
 *  cost so far is taken off, though it is posted only at their end. Null when nothing burns.
 *  @param costsSoFar of all running calls together. */
export function runwaySeconds(summary: Summary, costsSoFar: number): number | null {
  const { balance, grace_limit, burn_rate_per_minute: rate } = summary;
  if (rate <= 0) return null;
  const left = balance - costsSoFar;
  return Math.max(0, ((left > 0 ? left : left + grace_limit) / rate) * 60);
}
