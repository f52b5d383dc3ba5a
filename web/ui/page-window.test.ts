import fc from "fast-check";
import { expect, test } from "vitest";
import { pageWindow } from "./page-window.ts";

test("few pages are all shown", () => {
  expect(pageWindow(1, 1)).toEqual([1]);
  expect(pageWindow(3, 7)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("the first pages show a run, a gap and the last", () => {
  expect(pageWindow(1, 25)).toEqual([1, 2, 3, 4, 5, "gap", 25]);
});

test("a page in the middle shows its neighbours and both ends", () => {
  expect(pageWindow(12, 25)).toEqual([1, "gap", 11, 12, 13, "gap", 25]);
});

test("a narrow pager shows one page in the middle", () => {
  expect(pageWindow(1, 25, true)).toEqual([1, 2, "gap", 25]);
  expect(pageWindow(12, 25, true)).toEqual([1, "gap", 12, "gap", 25]);
});

test("the current page, the first and the last are always there, in rising order", () => {
  const pages = fc.integer({ min: 1, max: 5000 });
  const cases = pages.chain((last) =>
    fc.tuple(fc.integer({ min: 1, max: last }), fc.constant(last), fc.boolean()),
  );
  fc.assert(
    fc.property(cases, ([page, last, narrow]) => {
      const shown = pageWindow(page, last, narrow).filter((place) => place !== "gap");
      expect(shown).toContain(page);
      expect(shown[0]).toBe(1);
      expect(shown.at(-1)).toBe(last);
      expect(shown).toEqual([...new Set(shown)].sort((one, two) => one - two));
      expect(shown.length).toBeLessThanOrEqual(7);
    }),
  );
});
