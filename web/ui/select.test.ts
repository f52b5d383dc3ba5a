import { expect, test } from "vitest";
import { listboxStep } from "./select.tsx";

const texts = ["All Transactions", "Top-ups", "Usage"];

test.each([
  ["ArrowDown", null, { kind: "move", index: 0 }],
  ["a", null, null],
  ["ArrowDown", 1, { kind: "move", index: 2 }],
  ["ArrowDown", 2, { kind: "move", index: 2 }],
  ["ArrowUp", 0, { kind: "move", index: 0 }],
  ["End", 0, { kind: "move", index: 2 }],
  ["Home", 2, { kind: "move", index: 0 }],
  ["u", 0, { kind: "move", index: 2 }],
  ["x", 0, null],
  ["Enter", 1, { kind: "choose", index: 1 }],
  [" ", 2, { kind: "choose", index: 2 }],
  ["Escape", 1, { kind: "close" }],
  ["Tab", 1, null],
] as const)("key %s at option %s gives %o", (key, active, step) => {
  expect(listboxStep(key, active, 0, texts)).toEqual(step);
});
