import { expect, test } from "vitest";
import { redacted } from "./redact.ts";

test("secrets are left out at every depth", () => {
  expect(
    redacted({
      name: "Runtime",
      password: "p",
      webhook: { secret: "s", url: "u" },
      keys: [{ key: "k", id: 1 }],
    }),
  ).toEqual({
    name: "Runtime",
    password: "[secret]",
    webhook: { secret: "[secret]", url: "u" },
    keys: [{ key: "[secret]", id: 1 }],
  });
});

test.each([undefined, null, "text", 1, ["list"]])("%j has no fields to keep", (body) => {
  expect(redacted(body)).toBeNull();
});

test("a body without end is not kept", () => {
  expect(redacted({ text: "x".repeat(40_000) })).toEqual({ omitted: "40011 characters" });
});
