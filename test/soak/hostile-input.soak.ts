import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { runHostileRequests } from "../fuzz/run-hostile.ts";

// SOAK_SEED repeats a run: the same requests, though not the same moments. SOAK_REQUESTS shortens it.
const seed = Number(process.env.SOAK_SEED ?? randomInt(1_000_000));
const requests = Number(process.env.SOAK_REQUESTS ?? 50_000);

test(`${requests} hostile requests get no 5xx and leave the books right (SOAK_SEED=${seed})`, async () => {
  const findings = await runHostileRequests({ seed, requests });
  console.log(JSON.stringify(findings.statuses));
  expect(findings.wrong.slice(0, 20)).toEqual([]);
  expect(findings).toMatchObject({ sent: requests, problems: [], isAlive: true });
});
