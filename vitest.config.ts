import { defineConfig } from "vitest/config";

/** Three suites: `unit` needs nothing, `storage` and `http` start PostgreSQL, `browser` starts a whole demo too. */
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
    ],
  },
});
