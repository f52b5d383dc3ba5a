import { describe, expect, test } from "vitest";
import { runOpenLoop } from "./open-loop.ts";
import { pairsOf } from "./rounds.ts";
import { saturate } from "./saturate.ts";
import { poissonSchedule } from "./schedule.ts";

describe("a schedule", () => {
  const load = { perSecond: 2_000, seconds: 5, seed: 7 };

  test("is ascending, ends in time and has about the mean rate", () => {
    const schedule = poissonSchedule(load);
    expect(schedule).toEqual(Float64Array.from(schedule).sort());
    expect(schedule.at(-1)).toBeLessThan(5_000);
    // 10,000 arrivals with a deviation of 100.
    expect(Math.abs(schedule.length - 10_000)).toBeLessThan(500);
  });

  test("has gaps of every size: bursts are part of the load", () => {
    const schedule = poissonSchedule(load);
    const gaps = schedule.slice(1).map((dueMs, index) => dueMs - (schedule[index] ?? 0));
    // Of exponential gaps with a mean of 0.5 ms, 63 % are shorter than the mean.
    const short = gaps.filter((gap) => gap < 0.5).length / gaps.length;
    expect(short).toBeGreaterThan(0.6);
    expect(short).toBeLessThan(0.66);
  });

  test("is the same for the same seed and another for another", () => {
    expect(poissonSchedule(load)).toEqual(poissonSchedule(load));
    expect(poissonSchedule({ ...load, seed: 8 })).not.toEqual(poissonSchedule(load));
  });
});

describe("an open loop", () => {
  const always = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY };

  test("counts latency from when a request was due, though the one before kept it from being sent", async () => {
    let release = () => {};
    const stuck = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = { dueMs: 0, kind: "first", send: () => stuck.then(() => true) };
    // Sent only when the first is done, as on one connection.
    const second = { dueMs: 1, kind: "second", send: () => stuck.then(() => true) };
    // Due 40 ms later, and what ends the wait.
    const third = {
      dueMs: 40,
      kind: "third",
      send: async () => {
        release();
        return true;
      },
    };
    const { latenciesMs, dropped } = await runOpenLoop([first, second, third], always);
    expect(dropped).toBe(0);
    expect(latenciesMs.get("first")?.[0]).toBeGreaterThanOrEqual(40);
    expect(latenciesMs.get("second")?.[0]).toBeGreaterThanOrEqual(39);
  });

  test("counts what failed or was refused as dropped, and has no latency of it", async () => {
    const { latenciesMs, dropped } = await runOpenLoop(
      [
        { dueMs: 0, kind: "refused", send: async () => false },
        { dueMs: 0, kind: "failed", send: () => Promise.reject(new Error("lost")) },
        { dueMs: 0, kind: "done", send: async () => true },
      ],
      always,
    );
    expect(dropped).toBe(2);
    expect([...latenciesMs.keys()]).toEqual(["done"]);
  });

  test("sends what is due outside the measured time, and does not measure it", async () => {
    const sent: number[] = [];
    const arrivals = [0, 5, 10].map((dueMs) => ({
      dueMs,
      kind: "one",
      send: async () => {
        sent.push(dueMs);
        return true;
      },
    }));
    const { latenciesMs } = await runOpenLoop(arrivals, { fromMs: 5, untilMs: 10 });
    expect(sent).toEqual([0, 5, 10]);
    expect(latenciesMs.get("one")).toHaveLength(1);
  });
});

describe("saturation", () => {
  test("counts every answer, those of workers that answer at the same time too", async () => {
    let told = 0;
    const { answered, perSecond } = await saturate({
      workers: 10,
      seconds: 0.02,
      work: async (tell) => {
        await new Promise(setImmediate);
        told += 3;
        tell(3);
      },
    });
    expect(answered).toBe(told);
    expect(perSecond).toBeGreaterThan(0);
  });

  test("ends with the first failure: a peak with failures in it is none", async () => {
    const run = saturate({ workers: 2, seconds: 60, work: () => Promise.reject(new Error("refused")) });
    await expect(run).rejects.toThrow("refused");
  });
});

test("a figure's rounds stand beside its baseline's of the same rounds", () => {
  const rounds = new Map([
    ["ours", [10, 20]],
    ["usual", [1, 4]],
  ]);
  expect(pairsOf(rounds, "ours", "usual")).toEqual([
    { value: 10, baseline: 1 },
    { value: 20, baseline: 4 },
  ]);
});
