import { expect, test } from "vitest";
import { createFairQueue } from "./fair-queue.ts";

function queueOf(...items: readonly [organizationId: string, item: string][]) {
  const queue = createFairQueue<string>();
  for (const [organizationId, item] of items) queue.add(organizationId, item);
  return queue;
}

test("an organization's commands keep their order, over any number of batches", () => {
  const queue = createFairQueue<number>();
  const taken: number[] = [];
  for (let n = 0; n < 1_000; n++) {
    queue.add("a", n);
    if (n % 3 === 0) taken.push(...queue.take(2));
  }
  while (queue.size > 0) taken.push(...queue.take(7));
  expect(taken).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
});

test("an organization with a backlog leaves room in every batch for those that come later", () => {
  const queue = createFairQueue<string>();
  for (let n = 0; n < 10_000; n++) queue.add("hot", `hot ${n}`);
  queue.take(10);
  queue.add("small", "small");
  expect(queue.take(10)).toContain("small");
  expect(queue.size).toBe(9_981);
});

test("a batch is full as long as anything waits", () => {
  const queue = queueOf(["a", "a1"], ["a", "a2"], ["a", "a3"], ["b", "b1"], ["c", "c1"]);
  expect(queue.take(4)).toHaveLength(4);
  expect(queue.take(4)).toHaveLength(1);
  expect(queue.take(4)).toEqual([]);
});

test("with more organizations than places, those left out come first in the next batch", () => {
  const queue = queueOf(["a", "a1"], ["a", "a2"], ["b", "b1"], ["c", "c1"]);
  expect(queue.take(2)).toEqual(["a1", "b1"]);
  expect(queue.take(2)).toEqual(["c1", "a2"]);
});

test("a batch of one organization takes from the one whose turn it is, and no other", () => {
  const queue = queueOf(["a", "a1"], ["b", "b1"], ["a", "a2"], ["a", "a3"]);
  expect(queue.sizeOf("a")).toBe(3);
  expect(queue.take(2, 1)).toEqual(["a1", "a2"]);
  expect(queue.take(2, 1)).toEqual(["b1"]);
  expect(queue.take(2, 1)).toEqual(["a3"]);
  expect(queue.sizeOf("a")).toBe(0);
});
