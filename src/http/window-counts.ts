import type { FastifyRateLimitStore } from "@fastify/rate-limit";

/** Counts requests by key in windows of fixed length, in this process. Takes the place of the plugin's own store, which
 *  hands out the object that it goes on counting in: of requests that are counted in one turn of the event loop each then
 *  reads the last one's number, and all are refused where some were within the limit. */
export class WindowCounts implements FastifyRateLimitStore {
  readonly #windows = new Map<string, Window>();

  incr(key: string, callback: Parameters<FastifyRateLimitStore["incr"]>[1], lengthMs: number): void {
    const now = performance.now();
    const known = this.#windows.get(key);
    const isOver = known === undefined || now - known.startedAt >= lengthMs;
    const window = isOver ? { startedAt: now, count: 1 } : { ...known, count: known.count + 1 };
    // Set anew, so that the first in the map is the one that began first.
    if (isOver) this.#windows.delete(key);
    this.#windows.set(key, window);
    if (this.#windows.size > KEYS_MAX) this.#forgetFirst();
    callback(null, { current: window.count, ttl: lengthMs - (now - window.startedAt) });
  }

  child(): FastifyRateLimitStore {
    return this;
  }

  #forgetFirst(): void {
    for (const key of this.#windows.keys()) {
      this.#windows.delete(key);
      return;
    }
  }
}

type Window = { readonly startedAt: number; readonly count: number };

// More callers than this in one window, and the earliest start over: memory is bounded first.
const KEYS_MAX = 20_000;
