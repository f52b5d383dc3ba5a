import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isSignedBy } from "./signature.ts";

const secret = "whsec_first";

function sign(body: Buffer, key: string): string {
  return createHmac("sha256", key).update(body).digest("hex");
}

const bodies = fc.uint8Array({ minLength: 1, maxLength: 500 }).map((bytes) => Buffer.from(bytes));

test("a body signed with either of two secrets is accepted", () => {
  fc.assert(
    fc.property(bodies, fc.constantFrom("old", "new"), (body, key) =>
      isSignedBy(body, sign(body, key), ["old", "new"]),
    ),
  );
});

test("a signature under any other secret is refused", () => {
  fc.assert(
    fc.property(bodies, fc.string(), (body, key) => {
      fc.pre(key !== secret);
      return !isSignedBy(body, sign(body, key), [secret]);
    }),
  );
});

test("a body with any one byte changed is refused", () => {
  fc.assert(
    fc.property(bodies, fc.nat(), fc.integer({ min: 1, max: 255 }), (body, place, change) => {
      const signature = sign(body, secret);
      const index = place % body.length;
      body.writeUInt8(body.readUInt8(index) ^ change, index);
      return !isSignedBy(body, signature, [secret]);
    }),
  );
});

test("a signature with any one character changed is refused", () => {
  fc.assert(
    fc.property(bodies, fc.nat(63), fc.string({ minLength: 1, maxLength: 1 }), (body, index, character) => {
      const signature = sign(body, secret);
      fc.pre(signature[index] !== character);
      const changed = signature.slice(0, index) + character + signature.slice(index + 1);
      return !isSignedBy(body, changed, [secret]);
    }),
  );
});

test.each([
  ["absent", () => undefined],
  ["empty", () => ""],
  ["upper case", (signature: string) => signature.toUpperCase()],
  ["one digit short", (signature: string) => signature.slice(1)],
  ["one digit long", (signature: string) => `${signature}0`],
  ["followed by a line end", (signature: string) => `${signature}\n`],
  ["prefixed", (signature: string) => `sha256=${signature}`],
])("a signature that is %s is refused", (_name, change) => {
  const body = Buffer.from('{"a":1}');
  expect(isSignedBy(body, sign(body, secret), [secret])).toBe(true);
  expect(isSignedBy(body, change(sign(body, secret)), [secret])).toBe(false);
});

test("an empty secret signs nothing", () => {
  const body = Buffer.from("{}");
  expect(isSignedBy(body, sign(body, ""), ["", secret])).toBe(false);
  expect(isSignedBy(body, sign(body, secret), [])).toBe(false);
});
