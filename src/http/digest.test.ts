import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, type Json } from "../domain/ledger/canonical-json.ts";
import { digestOfJson } from "./digest.ts";

test("it is the digest of the canonical JSON, whatever the order of the fields", () => {
  const json: fc.Arbitrary<Json> = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(json, (value) => {
      expect(digestOfJson(value)).toBe(createHash("sha256").update(canonicalJson(value)).digest("hex"));
    }),
  );
  expect(digestOfJson({ a: 1, b: [{ d: 1, c: 2 }] })).toBe(digestOfJson({ b: [{ c: 2, d: 1 }], a: 1 }));
});

test("a field that is not given does not count, and an amount counts as its digits", () => {
  expect(digestOfJson({ a: undefined, b: 5n })).toBe(digestOfJson({ b: "5" }));
  expect(digestOfJson({ b: null })).not.toBe(digestOfJson({}));
});
