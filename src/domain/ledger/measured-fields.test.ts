import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMeasuredFields } from "./measured-fields.ts";

type Field = string | null | bigint;

const fields = createMeasuredFields();

function digestOf(values: readonly Field[]): string {
  for (const value of values) {
    if (typeof value === "bigint") fields.integer(value);
    else fields.text(value);
  }
  return fields.digest();
}

/** The same, a string at a time. */
function spelled(values: readonly Field[]): string {
  const text = values.map((value) => {
    const field = String(value);
    return value === null ? "-;" : `${Buffer.byteLength(field)}:${field};`;
  });
  return createHash("sha256").update(text.join("")).digest("hex");
}

test.each<[what: string, values: Field[]]>([
  ["nothing", []],
  ["null and the empty text", [null, ""]],
  ["numbers around a change of digits", [0n, 9n, 10n, -1n, -10n, 99n, 100n]],
  ["numbers that no double tells apart", [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]],
  ["short texts that are not ASCII, first or last", ["é", "abcé", "éabc", "𝄞", "\ud800"]],
  ["a length that gains a digit in UTF-8", ["é".repeat(6), "é".repeat(60), "é".repeat(700)]],
  ["texts around the length where the loop ends", ["a".repeat(64), "a".repeat(65), `${"a".repeat(63)}é`]],
  ["more than the buffer holds at first", ["a".repeat(5_000), "é".repeat(20_000), "b"]],
])("each field goes in with its length in bytes before it: %s", (_what, values) => {
  expect(digestOf(values)).toBe(spelled(values));
});

test("any fields, in any order, one digest after the other", () => {
  const field = fc.oneof(fc.string({ unit: "binary" }), fc.constant(null), fc.bigInt({ min: -(2n ** 63n) }));
  fc.assert(
    fc.property(fc.array(field), (values) => {
      expect(digestOf(values)).toBe(spelled(values));
    }),
  );
});
