import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readWebhook } from "./webhook.ts";

const SECRETS = ["the new secret", "the old secret"];
const body = Buffer.from(
  JSON.stringify({
    meta: { event_name: "order_created", test_mode: true, custom_data: { organization_id: "org_1" } },
    data: { type: "orders", id: "1", attributes: {} },
  }),
);
const sign = (bytes: Buffer, secret: string) => createHmac("sha256", secret).update(bytes).digest("hex");
const good = sign(body, "the new secret");

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = (bit >> 3) % copy.length;
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (bit & 7)), at);
  return copy;
}

type Forgery = { readonly bytes: Buffer; readonly signature: string | undefined };
const signed = (signature: string | undefined): Forgery => ({ bytes: body, signature });
const anyBit = fc.nat({ max: body.length * 8 - 1 });
const otherSecret = fc.string({ minLength: 1 }).filter((secret) => !SECRETS.includes(secret));

/** Everything somebody without a secret may try, who has seen a good body with its signature. */
const forgery: fc.Arbitrary<Forgery> = fc.oneof(
  anyBit.map((bit) => ({ bytes: flipped(body, bit), signature: good })),
  fc.nat({ max: 255 }).map((bit) => signed(flipped(Buffer.from(good, "hex"), bit).toString("hex"))),
  fc.nat({ max: 511 }).map((bit) => signed(flipped(Buffer.from(good, "latin1"), bit).toString("latin1"))),
  fc.nat({ max: 63 }).map((length) => signed(good.slice(0, length))),
  fc.nat({ max: body.length - 1 }).map((length) => ({ bytes: body.subarray(0, length), signature: good })),
  otherSecret.map((secret) => signed(sign(body, secret))),
  fc.uint8Array({ minLength: 1 }).map((more) => ({ bytes: Buffer.concat([body, more]), signature: good })),
  fc.string().map(signed),
  fc
    .constantFrom(
      ...[
        undefined,
        "",
        good.toUpperCase(),
        `${good}00`,
        ` ${good}`,
        `${good} `,
        `sha256=${good}`,
        `0x${good}`,
      ],
      ...[
        `${good}, ${good}`,
        `${good},${good}`,
        `${good}\n`,
        `${good}\0`,
        "0".repeat(64),
        "undefined",
        "null",
      ],
      ...[
        sign(body, ""),
        sign(body, "the new secret,the old secret"),
        Buffer.from(good, "hex").toString("base64"),
      ],
    )
    .map(signed),
  fc
    .nat({ max: 63 })
    .map((at) => signed(good.slice(0, at) + good.charAt(at).toUpperCase() + good.slice(at + 1))),
);

test("of 10,000 forged webhooks none is accepted", () => {
  fc.assert(
    fc.property(forgery, ({ bytes, signature }) => {
      // The upper case of a digit is the digit: such a one is not forged.
      fc.pre(!(bytes.equals(body) && signature === good));
      expect(readWebhook(bytes, signature, SECRETS)).toEqual({ kind: "invalid_signature" });
    }),
    { numRuns: 10_000 },
  );
});

test.each(SECRETS)("a webhook signed with %s is accepted while both are valid", (secret) => {
  expect(readWebhook(body, sign(body, secret), SECRETS)).toMatchObject({ kind: "event" });
});

test("once the old secret is gone, what it signed is forged; without a secret everything is", () => {
  const old = sign(body, "the old secret");
  expect(readWebhook(body, old, ["the new secret"])).toEqual({ kind: "invalid_signature" });
  for (const secrets of [[], [""]]) {
    expect(readWebhook(body, sign(body, ""), secrets)).toEqual({ kind: "invalid_signature" });
  }
});
