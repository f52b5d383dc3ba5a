import { expect, test } from "vitest";
import { historyQueryOf, parseBillingSearch } from "./billing-search.ts";

test("a plain address means all transactions, 50 a page, page 1", () => {
  expect(historyQueryOf(parseBillingSearch({}))).toEqual({ type: "all", limit: 50, page: 1 });
});

test("filter, size, page and panel are read from the address", () => {
  const search = parseBillingSearch({
    type: "topup",
    limit: 25,
    page: 3,
    transaction: "txn_1",
    checkout: 77,
  });
  expect(historyQueryOf(search)).toEqual({ type: "topup", limit: 25, page: 3 });
  expect(search).toMatchObject({ transaction: "txn_1", checkout: "77" });
});

test("a mail's link opens the packages at one of them, for its organization", () => {
  const linked = { add: 1_234_567, organization: "org_1" };
  expect(parseBillingSearch(linked)).toMatchObject({ add: "1234567", organization: "org_1" });
  expect(parseBillingSearch({ add: true }).add).toBe(true);
  expect(parseBillingSearch({ add: false }).add).toBeUndefined();
});

test.each([
  { page: 0 },
  { page: -1 },
  { page: "x" },
  { page: 1.5 },
  { limit: 33 },
  { limit: "many" },
  { type: "theft" },
])("an address with %o falls back to the defaults", (search) => {
  expect(historyQueryOf(parseBillingSearch(search))).toEqual({ type: "all", limit: 50, page: 1 });
});
