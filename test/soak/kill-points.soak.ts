import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { killAtRandomPoints } from "../faults/kill-points.ts";

// SOAK_SEED repeats a run: the same moments and requests, though not the same threads of the machine.
const seed = Number(process.env.SOAK_SEED ?? randomInt(1_000_000));
const KILLS = 200;

test(`${KILLS} kill points lose nothing acknowledged and double nothing (SOAK_SEED=${seed})`, async () => {
  const figures = await killAtRandomPoints({ seed, kills: KILLS });
  console.log(JSON.stringify(figures));
  expect(figures.unknown).toBeGreaterThan(0);
});
