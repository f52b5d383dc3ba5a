import { expect, test } from "vitest";
import { parseLiveMessage, retryDelayMs } from "./live-socket.ts";

test("the wait between attempts doubles from one second and stops at thirty", () => {
  expect([0, 1, 2, 3, 4, 5, 20].map((failures) => retryDelayMs(failures, 1))).toEqual([
    1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
  ]);
  expect(retryDelayMs(0, 0)).toBe(500);
});

test("what is not a message of the stream is left out", () => {
  const message = { type: "balance_updated", organization_id: "org_1", seq: 7 };
  expect(parseLiveMessage(JSON.stringify(message))).toEqual(message);
  expect(parseLiveMessage("{")).toBeNull();
  expect(parseLiveMessage("null")).toBeNull();
  expect(parseLiveMessage('{"type":"balance_updated"}')).toBeNull();
  expect(parseLiveMessage(new ArrayBuffer(1))).toBeNull();
});
