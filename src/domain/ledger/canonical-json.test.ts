import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, type Json, membersInOrder } from "./canonical-json.ts";

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

test("members in order, written plainly, are canonical: few or many, nested, and with a name that objects inherit by", () => {
  // A letter before each, as JavaScript puts keys that look like numbers first.
  const named = fc.dictionary(
    fc.string().map((key) => `k${key}`),
    json,
    { maxKeys: 40 },
  );
  fc.assert(
    fc.property(named, (members) => {
      expect(Object.keys(membersInOrder(members))).toEqual(Object.keys(members).sort());
      expect(membersInOrder(members)).toEqual(members);
    }),
  );
  const hostile = JSON.parse('{"z":{"b":1,"__proto__":{"d":2,"c":3}},"__proto__":[1],"a":null}');
  expect(JSON.stringify(membersInOrder(hostile))).toBe(canonicalJson(hostile));
  expect(canonicalJson(hostile)).toBe('{"__proto__":[1],"a":null,"z":{"__proto__":{"c":3,"d":2},"b":1}}');
});
