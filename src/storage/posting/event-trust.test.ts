import { expect, test } from "vitest";
import { createEventTrust } from "./event-trust.ts";

test("events are trusted in large batches alone", () => {
  const trust = createEventTrust();
  expect([1, 31, 32, 300].map((commands) => trust.allows(commands))).toEqual([false, false, true, true]);
});

test("after a repeated one none is for some batches, and then they are again", () => {
  const trust = createEventTrust();
  trust.lose();
  const allowed = Array.from({ length: 66 }, () => trust.allows(300));
  expect(allowed).toEqual([...Array(64).fill(false), true, true]);
});
