import { defineConfig } from "vitest/config";

/** The domain's tests for mutation testing: each mutant is run against them, thousands of times in all. Without the
 *  histories of *.property.test.ts, which are slow and up to chance: what only they would notice deserves a row. */
export default defineConfig({
  test: { include: ["src/domain/**/*.test.ts"], exclude: ["**/*.property.test.ts"] },
});
