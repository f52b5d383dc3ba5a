import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";

const script = join(import.meta.dirname, "..", "..", "bin", "bench.js");
const run = promisify(execFile);

/** Fixed in contract.md, Bench. */
const NAMES = [
  "engine.charge.spread/tpcb",
  "engine.charge.spread/usual",
  "engine.charge.hot/usual",
  "engine.session.spread/tpcb",
  "engine.session.hot/usual",
  "http.single/noop",
  "http.single/tpcb",
  "http.bulk/tpcb",
  "latency.half_peak_p99/usual",
  "history.page/1k",
  "verify.rate",
];

// Seconds on a quiet machine; most of them start processes, which take their time beside other tests.
const TIMEOUT_MS = 240_000;

test("the bench measures every figure of the contract, with its books audited", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { stdout } = await run(process.execPath, [script, "--smoke", "--json"], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: inject("postgresUrl") },
  });
  const { figures } = JSON.parse(stdout);
  expect(figures.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(NAMES));
  for (const { name, value, baseline, ratio } of figures) {
    expect(value, name).toBeGreaterThan(0);
    expect(ratio, name).toBe(baseline === null ? null : value / baseline);
  }
});
