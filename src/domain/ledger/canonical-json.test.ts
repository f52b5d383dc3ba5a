import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, type Json } from "./canonical-json.ts";

test.each<[value: Json, text: string]>([
  [null, "null"],
  [true, "true"],
  [1.5, "1.5"],
  ['say "hi"', '"say \\"hi\\""'],
  [[], "[]"],
  [[2, [1], {}], "[2,[1],{}]"],
  [{}, "{}"],
  [{ b: 1, a: { d: [true, null], c: "" } }, '{"a":{"c":"","d":[true,null]},"b":1}'],
  [{ "": 0, é: 1, z: 2, Z: 3 }, '{"":0,"Z":3,"z":2,"é":1}'],
])("%j is %s", (value, text) => expect(canonicalJson(value)).toBe(text));

const json: fc.Arbitrary<Json> = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));

test("it means what it was made of, and does not depend on the order in which members were written", () => {
  const reversed = (value: Json): Json =>
    JSON.parse(JSON.stringify(value), (_key, part) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).reverse())
        : part,
    );
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(value);
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
    }),
  );
});
