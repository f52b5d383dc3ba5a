import { defineConfig } from "vitest/config";

/** Four suites: `unit` needs nothing, `system` starts PostgreSQL, `browser` starts a whole demo too. `soak` takes many
 *  minutes and is no part of `npm test`: each file bounds its own time, and prints a seed that repeats its run. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "web/**/*.test.ts",
            "sandbox/**/*.test.ts",
            "bench/**/*.test.ts",
            "test/house/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          name: "system",
          include: ["test/{storage,http,payments,faults,concurrency,launch}/**/*.test.ts"],
          globalSetup: ["test/setup/postgres.ts"],
          testTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 90_000,
          expect: { poll: { timeout: 15_000 } },
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "soak",
          include: ["test/soak/**/*.soak.ts"],
          globalSetup: ["test/setup/postgres.ts"],
          testTimeout: 30 * 60_000,
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
