import { expect, test } from "vitest";
import { receiptExpiry } from "./receipt.ts";

test.each([
  ["https://store.example/receipt/a?expires=1790000000&signature=x", new Date(1_790_000_000_000)],
  ["https://store.example/receipt/a?signature=x&expires=1790000000", new Date(1_790_000_000_000)],
  ["https://store.example/receipt/a?expires=soon", null],
  ["https://store.example/receipt/a?expires=", null],
  ["https://store.example/receipt/a?notexpires=1", null],
  ["https://store.example/receipt/a", null],
])("%s is good until %s", (url, until) => {
  expect(receiptExpiry(url)).toEqual(until);
});
