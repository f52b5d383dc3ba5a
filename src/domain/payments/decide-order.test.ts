import { expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import {
  decideOrder,
  type OrderFacts,
  type OrderNews,
  type OrderOwner,
  type OrderVerdict,
  type ProviderOrder,
  refundedMinorOf,
} from "./decide-order.ts";
import { describePurchase, purchaseMetadata } from "./describe-purchase.ts";
import { demoPackages } from "./packages.ts";

const paid: ProviderOrder = {
  orderId: "7111514",
  storeId: "1",
  orderNumber: 1001,
  status: "paid",
  currency: "USD",
  totalMinor: 4_750,
  refundedMinor: 0,
  variantId: "1002",
  quantity: 1,
  userEmail: "ada@example.com",
  receiptUrl: "https://example.com/receipt",
  testMode: true,
  createdAt: new Date("2026-05-04T10:11:12Z"),
};

const ours: OrderOwner = { kind: "organization", organizationId: "org_1", checkoutId: "chk_1" };

type Row = {
  readonly what: string;
  readonly order?: Partial<ProviderOrder>;
  readonly news?: OrderNews;
  readonly owner?: OrderOwner;
  readonly isCredited?: boolean;
  readonly verdict: OrderVerdict;
};

const credit = (amount: bigint, refundedMinor: bigint | null = null): OrderVerdict => ({
  kind: "credit",
  organizationId: "org_1",
  credits: credits(amount),
  refundedMinor,
});
const refund = (refundedMinor: bigint): OrderVerdict => ({
  kind: "refund",
  organizationId: "org_1",
  refundedMinor,
});
const because = (kind: "park" | "ignore" | "fail", reason: RegExp): OrderVerdict => ({
  kind,
  reason: expect.stringMatching(reason),
});

const rows: readonly Row[] = [
  { what: "a paid order", verdict: credit(500_000n) },
  { what: "a paid order found later", news: "reconciled", verdict: credit(500_000n) },
  { what: "another variant than the checkout's", order: { variantId: "1003" }, verdict: credit(1_000_000n) },
  { what: "three at once", order: { quantity: 3 }, verdict: credit(1_500_000n) },
  { what: "an order that cost nothing", order: { totalMinor: 0 }, verdict: credit(500_000n) },
  { what: "another currency", order: { currency: "EUR", totalMinor: 4_100 }, verdict: credit(500_000n) },
  { what: "another store", order: { storeId: "2" }, verdict: because("ignore", /store 2/) },
  { what: "a live order", order: { testMode: false }, verdict: because("ignore", /live order/) },
  { what: "a pending order", order: { status: "pending" }, verdict: because("park", /not paid \(pending\)/) },
  { what: "a failed payment", order: { status: "failed" }, verdict: because("park", /not paid \(failed\)/) },
  { what: "an unknown status", order: { status: "other" }, verdict: because("park", /not paid/) },
  { what: "a fraudulent order", order: { status: "fraudulent" }, verdict: because("ignore", /fraudulent/) },
  { what: "no custom data", owner: { kind: "unnamed" }, verdict: because("fail", /names no organization/) },
  {
    what: "an organization that does not exist",
    owner: { kind: "unknown_organization", organizationId: "org_9" },
    verdict: because("fail", /does not exist/),
  },
  {
    what: "no fitting checkout",
    news: "reconciled",
    owner: { kind: "unmatched" },
    verdict: because("fail", /no checkout/),
  },
  {
    what: "several organizations",
    news: "reconciled",
    owner: { kind: "ambiguous" },
    verdict: because("fail", /several/),
  },
  { what: "an unknown variant", order: { variantId: "7" }, verdict: because("fail", /variant 7/) },
  { what: "no item", order: { variantId: null, quantity: 0 }, verdict: because("fail", /no item/) },
  { what: "no variant", order: { variantId: null }, verdict: because("fail", /no item/) },
  { what: "none of an item", order: { quantity: 0 }, verdict: because("fail", /no item/) },
  { what: "as many as the ledger can hold", order: { quantity: 2e10 }, verdict: credit(10n ** 16n) },
  { what: "one more than that", order: { quantity: 2e10 + 1 }, verdict: because("fail", /out of range/) },
  { what: "an absurd quantity", order: { quantity: 2 ** 50 }, verdict: because("fail", /out of range/) },
  {
    what: "a refund before its order",
    news: "order_refunded",
    order: { status: "partial_refund", refundedMinor: 100 },
    verdict: because("park", /not credited yet/),
  },
  {
    what: "a refund before its order, in whole, of what cost nothing",
    news: "order_refunded",
    order: { status: "refunded", totalMinor: 0 },
    verdict: because("park", /not credited yet/),
  },
  {
    what: "a refund of nothing before its order",
    news: "order_refunded",
    verdict: because("ignore", /nothing was refunded/),
  },
  {
    what: "an order found after part of it was refunded",
    news: "reconciled",
    order: { status: "partial_refund", refundedMinor: 100 },
    verdict: credit(500_000n, 100n),
  },
  {
    what: "an order found after its full refund",
    news: "reconciled",
    order: { status: "refunded", refundedMinor: 4_750 },
    verdict: credit(500_000n, 4_750n),
  },
  { what: "a credited order again", isCredited: true, verdict: { kind: "done" } },
  {
    what: "a credited order whose package is no longer sold",
    isCredited: true,
    order: { variantId: "7" },
    verdict: { kind: "done" },
  },
  {
    what: "a partial refund",
    news: "order_refunded",
    isCredited: true,
    order: { status: "partial_refund", refundedMinor: 100 },
    verdict: refund(100n),
  },
  {
    what: "a full refund without an amount",
    news: "order_refunded",
    isCredited: true,
    order: { status: "refunded", refundedMinor: 0 },
    verdict: refund(4_750n),
  },
  {
    what: "a late refund found by reconciliation",
    news: "reconciled",
    isCredited: true,
    order: { status: "refunded", refundedMinor: 4_750 },
    verdict: refund(4_750n),
  },
  {
    what: "a credited order that turned out fraudulent",
    news: "reconciled",
    isCredited: true,
    order: { status: "fraudulent" },
    verdict: because("fail", /fraudulent/),
  },
  {
    what: "a refund of a credited order that another store claims",
    news: "order_refunded",
    isCredited: true,
    order: { storeId: "2", refundedMinor: 100 },
    verdict: because("ignore", /store 2/),
  },
];

test.each(rows)("$what: $verdict.kind", ({ order, news, owner, isCredited, verdict }) => {
  const facts: OrderFacts = {
    shop: { storeId: "1", testMode: true, packages: demoPackages },
    creditedTo: isCredited ? "org_1" : null,
    owner: owner ?? ours,
  };
  expect(decideOrder({ ...paid, ...order }, news ?? "order_created", facts)).toEqual(verdict);
});

test("nothing refunded is null, not 0: an order that cost nothing can be refunded too", () => {
  expect(refundedMinorOf(paid)).toBeNull();
  expect(refundedMinorOf({ ...paid, totalMinor: 0, status: "refunded" })).toBe(0n);
});

test("a purchase names the credits, then the provider's number, and says what was paid", () => {
  expect(describePurchase(credits(500_000n), paid)).toBe("Credit top-up via Lemon Squeezy - $50.00 - #1001");
  expect(purchaseMetadata(paid, "chk_1")).toMatchObject({
    payment_method: "lemon_squeezy",
    variant_id: "1002",
    order_id: "7111514",
    order_number: 1001,
    checkout_id: "chk_1",
    total: 47.5,
    currency: "USD",
  });
  expect(purchaseMetadata({ ...paid, currency: "JPY", totalMinor: 7_000 }, null)).toMatchObject({
    total: 7_000,
  });
});

test("a purchase's metadata names checkout and receipt where there are any", () => {
  expect(purchaseMetadata(paid, "chk_1")).toHaveProperty("receipt_url", "https://example.com/receipt");
  const bare = purchaseMetadata({ ...paid, receiptUrl: null }, null);
  expect(Object.keys(bare)).toEqual([
    "payment_method",
    "variant_id",
    "order_id",
    "order_number",
    "store_id",
    "quantity",
    "total",
    "currency",
    "test_mode",
  ]);
});

test("a purchase's metadata holds nothing about the person", () => {
  expect(JSON.stringify(purchaseMetadata(paid, "chk_1"))).not.toContain("ada@example.com");
});
