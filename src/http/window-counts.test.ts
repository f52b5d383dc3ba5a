import { expect, test, vi } from "vitest";
import { WindowCounts } from "./window-counts.ts";

const MINUTE_MS = 60_000;

function createCounter() {
  const counts = new WindowCounts();
  return (key: string) =>
    new Promise<{ current: number; ttl: number }>((resolve, reject) =>
      counts.incr(
        key,
        (error, result) => (result === undefined ? reject(error) : resolve(result)),
        MINUTE_MS,
      ),
    );
}

test("requests that are counted in the same turn each get a number of their own", async () => {
  const count = createCounter();
  const counted = await Promise.all(Array.from({ length: 20 }, () => count("a")));
  expect(counted.map(({ current }) => current)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test("each key has a window of its own, which begins with its first request and ends after its length", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const count = createCounter();
    expect(await count("a")).toEqual({ current: 1, ttl: MINUTE_MS });
    vi.advanceTimersByTime(MINUTE_MS - 1);
    expect(await count("a")).toEqual({ current: 2, ttl: 1 });
    expect((await count("b")).current).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await count("a")).toEqual({ current: 1, ttl: MINUTE_MS });
  } finally {
    vi.useRealTimers();
  }
});

test("of more callers than it remembers, those that began first start over", async () => {
  const count = createCounter();
  for (let caller = 0; caller <= 20_000; caller += 1) await count(`caller ${caller}`);
  expect((await count("caller 20000")).current).toBe(2);
  expect((await count("caller 1")).current).toBe(2);
  expect((await count("caller 0")).current).toBe(1);
});
