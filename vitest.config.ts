import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Suites: `unit` needs nothing, `system` starts PostgreSQL, `browser` starts a whole demo too. Neither of the
 *  others is a part of `npm test`: `gallery` writes pictures, `soak` takes many minutes; each of its files bounds its own
 *  time, and prints a seed that repeats its run. */
export default defineConfig({
  test: {
    // Two files at a time on two processors, where the default is one: a system test mostly waits, for clocks and processes.
    maxWorkers: Math.max(2, availableParallelism()),
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
          name: "gallery",
          include: ["test/gallery/**/*.gallery.ts"],
          testTimeout: 90_000,
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
