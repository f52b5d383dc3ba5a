import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { killAtRandomPoints } from "../faults/kill-points.ts";

// SOAK_KILLS shortens a run. SOAK_SEED repeats a run: the same moments and requests, though not the same threads of the machine.
const seed = Number(process.env.SOAK_SEED ?? randomInt(1_000_000));
const kills = Number(process.env.SOAK_KILLS ?? 200);

test(`${kills} kill points lose nothing acknowledged and double nothing (SOAK_SEED=${seed})`, async () => {
  const figures = await killAtRandomPoints({ seed, kills });
  console.log(JSON.stringify(figures));
  expect(figures.unknown).toBeGreaterThan(0);
});
