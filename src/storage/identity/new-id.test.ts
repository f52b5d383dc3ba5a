import { expect, test } from "vitest";
import { newId } from "./new-id.ts";

test("an id has its prefix and sorts as its time does", () => {
  const earlier = newId("usr", 1_700_000_000_000);
  const later = newId("usr", 1_700_000_000_001);
  expect(earlier).toMatch(/^usr_[0-9a-z]{26}$/);
  expect(earlier < later).toBe(true);
});

test("ids of one millisecond differ", () => {
  const ids = Array.from({ length: 1_000 }, () => newId("org", 1_700_000_000_000));
  expect(new Set(ids).size).toBe(1_000);
});
