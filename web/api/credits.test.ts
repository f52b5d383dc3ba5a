import { expect, test } from "vitest";
import { addCredits } from "./credits.ts";

test("sums do not drift", () => {
  expect(addCredits(0.1, 0.2)).toBe(0.3);
  expect(addCredits(127.7417, -0.2555)).toBe(127.4862);
});
