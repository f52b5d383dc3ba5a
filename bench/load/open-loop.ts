import { setTimeout as delay } from "node:timers/promises";

/** One thing to do at its time, whatever became of the ones before it. */
export type Arrival<Kind extends string> = {
  readonly dueMs: number;
  readonly kind: Kind;
  /** Resolves true when it was carried out; false or a rejection counts as dropped. */
  readonly send: () => Promise<boolean>;
};

export type OpenLoopResult<Kind extends string> = {
  /** From the time each was due, not from when it was sent: waiting in the generator counts (no coordinated omission). */
  readonly latenciesMs: ReadonlyMap<Kind, readonly number[]>;
  readonly dropped: number;
};

/** Sends arrivals at their times and waits for every answer.
 *  @param arrivals in the order of their times.
 *  @param measured what is due in [fromMs, untilMs); what is due outside is sent too, so that the load is even inside. */
export async function runOpenLoop<Kind extends string>(
  arrivals: readonly Arrival<Kind>[],
  measured: { readonly fromMs: number; readonly untilMs: number },
): Promise<OpenLoopResult<Kind>> {
  const latenciesMs = new Map<Kind, number[]>();
  let dropped = 0;
  const underWay: Promise<void>[] = [];
  const startedAt = performance.now();

  async function carryOut({ dueMs, kind, send }: Arrival<Kind>): Promise<void> {
    const isDone = await send().catch(() => false);
    const latencyMs = performance.now() - startedAt - dueMs;
    if (!isDone) dropped += 1;
    else if (dueMs >= measured.fromMs && dueMs < measured.untilMs) listOf(latenciesMs, kind).push(latencyMs);
  }

  for (let next = 0; next < arrivals.length; ) {
    const nowMs = performance.now() - startedAt;
    for (let due = arrivals[next]; due !== undefined && due.dueMs <= nowMs; due = arrivals[next]) {
      underWay.push(carryOut(due));
      next += 1;
    }
    // A timer's millisecond is the generator's grain; its lateness is in the latencies, ours and the baseline's.
    await delay(1);
  }
  await Promise.all(underWay);
  return { latenciesMs, dropped };
}

function listOf<Kind>(lists: Map<Kind, number[]>, kind: Kind): number[] {
  const known = lists.get(kind);
  if (known !== undefined) return known;
  const fresh: number[] = [];
  lists.set(kind, fresh);
  return fresh;
}
