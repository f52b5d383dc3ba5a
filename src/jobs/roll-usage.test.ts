import { expect, test } from "vitest";
import { createUsageRoller } from "./roll-usage.ts";

/** Rollups of organizations that have so much usage left; each step takes its time. */
function rollupsOf(left: Record<string, number>, stepMs = 0) {
  const steps: string[] = [];
  let now = 0;
  return {
    left,
    steps,
    clock: () => now,
    listUnrolled: async (least: number, limit: number) =>
      Object.keys(left)
        .filter((id) => (left[id] ?? 0) >= least)
        .sort((a, b) => (left[b] ?? 0) - (left[a] ?? 0))
        .slice(0, limit),
    rollUp: async (id: string, limit: number) => {
      now += stepMs;
      steps.push(id);
      const rolled = Math.min(left[id] ?? 0, limit);
      left[id] = (left[id] ?? 0) - rolled;
      return rolled;
    },
  };
}

test("a run goes on until little is left anywhere", async () => {
  const rollups = rollupsOf({ big: 123_456, small: 700, tiny: 10 });
  expect(await createUsageRoller(rollups, rollups.clock)()).toBe(124_156);
  expect(rollups.left).toEqual({ big: 0, small: 0, tiny: 10 });
});

test("a run ends when its time is over, and the next goes on", async () => {
  const rollups = rollupsOf({ endless: 1_000_000 }, 50);
  const roll = createUsageRoller(rollups, rollups.clock);
  const first = await roll();
  expect(first).toBeLessThan(20_000);
  expect(await roll()).toBe(first);
});

test("an organization with very much does not keep the others from their turn", async () => {
  const rollups = rollupsOf({ endless: 1_000_000, small: 600 }, 50);
  await createUsageRoller(rollups, rollups.clock)();
  expect(rollups.steps).toContain("small");
});

test("a run ends where other processes are at all that is due", async () => {
  const rollups = { ...rollupsOf({ taken: 5_000 }), rollUp: async () => 0 };
  expect(await createUsageRoller(rollups, rollups.clock)()).toBe(0);
});
