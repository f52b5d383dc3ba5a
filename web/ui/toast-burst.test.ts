import { expect, test } from "vitest";
import { addToBurst, type Burst } from "./toast-burst.ts";

type Item = { id: number; amount: number };

function arrivals(times: number[]) {
  let burst: Burst<Item> | null = null;
  return times.map((nowMs, id) => {
    const added = addToBurst(burst, { id, amount: -0.2555 }, nowMs);
    burst = added.burst;
    return added.notice;
  });
}

test("up to three arrivals in two seconds have a notice each", () => {
  expect(arrivals([0, 500, 1900]).map((notice) => notice.kind)).toEqual(["single", "single", "single"]);
});

test("the fourth within two seconds turns them into one notice with count and exact sum", () => {
  const last = arrivals([0, 10, 20, 30, 40]).at(-1);
  expect(last).toMatchObject({ kind: "burst", count: 5, total: -1.2775 });
  expect(last?.kind === "burst" && last.replaces.map((item) => item.id)).toEqual([0, 1, 2]);
});

test("after two seconds a new count begins", () => {
  expect(arrivals([0, 1, 2, 3, 2000]).at(-1)).toMatchObject({ kind: "single", item: { id: 4 } });
});
