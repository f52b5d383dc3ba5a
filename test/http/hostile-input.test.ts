import { expect, test } from "vitest";
import { runHostileRequests } from "../fuzz/run-hostile.ts";

test("3,000 hostile requests to every route get a problem with a code or a success, and leave the books right", async () => {
  const findings = await runHostileRequests({ seed: 20_261_124, requests: 3_000 });
  expect(findings.wrong).toEqual([]);
  expect(findings).toMatchObject({ sent: 3_000, faults: [], problems: [], isAlive: true });
  // A suite that is turned away at the door tests the door alone.
  expect(findings.unreached).toEqual(new Set());
}, 300_000);
