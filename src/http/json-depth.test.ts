import { expect, test } from "vitest";
import { isNestedDeeper } from "./json-depth.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test.each([
  ["as deep as it may be", nested(64), false],
  ["one level deeper", nested(65), true],
  ["objects", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`, true],
  ["wide", `[${"[1],".repeat(1_000)}[1]]`, false],
  ["brackets in a text", JSON.stringify({ text: "[".repeat(1_000) }), false],
  ["brackets after an escaped quote", JSON.stringify({ text: `"${"[".repeat(1_000)}` }), false],
  ["brackets after a text that ends in a backslash", `["\\\\",${nested(65)}]`, true],
  ["never closed", "[".repeat(100_000), true],
])("%s", (_what, text, expected) => {
  expect(isNestedDeeper(text, 64)).toBe(expected);
});
