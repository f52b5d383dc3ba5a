import { defineConfig } from "vitest/config";

/** The domain's tests alone, for mutation testing: each mutant is run against them, thousands of times in all. */
export default defineConfig({ test: { include: ["src/domain/**/*.test.ts"] } });
