import { expect, test } from "vitest";
import { FIRST_PRICES, hasVersions, newestVersion, type PriceBook, pricesInForce } from "./price-book.ts";

const version = (number: number, effectiveFrom: number, organizationId: string | null = null) => ({
  version: number,
  organizationId,
  effectiveFrom,
  entries: FIRST_PRICES,
});
const book: PriceBook = {
  versions: [version(1, 0), version(4, 100), version(3, 100), version(2, 200), version(5, 50, "org_1")],
};

test.each<[organizationId: string | null, now: number, priceVersion: number, overrideVersion: number | null]>(
  [
    [null, 99, 1, null],
    [null, 100, 4, null],
    [null, 200, 2, null],
    ["org_1", 49, 1, null],
    ["org_1", 50, 1, 5],
    ["org_2", 50, 1, null],
  ],
)(
  "for %s at %d version %d is in force, and %s of its own",
  (organizationId, now, priceVersion, overrideVersion) => {
    expect(pricesInForce(book, organizationId, now)).toEqual({ priceVersion, overrideVersion });
  },
);

test("before the first version nothing has a price", () => {
  expect(pricesInForce(book, null, -1)).toBeNull();
});

test("the newest version is the one with the highest number, wherever it stands", () => {
  expect(newestVersion(book)).toBe(5);
  expect(newestVersion({ versions: [] })).toBe(0);
});

test.each([
  [1, null, true],
  [4, 5, true],
  [6, null, false],
  [1, 6, false],
])("the book has versions %d and %s: %s", (priceVersion, overrideVersion, has) => {
  expect(hasVersions(book, { priceVersion, overrideVersion })).toBe(has);
});
