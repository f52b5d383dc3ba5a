import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import { type Account, available, balanceStatus, headroom, newAccount, withGraceInForce } from "./account.ts";

const opened = newAccount("org", { graceLimit: credits(50_000n), lowBalanceThreshold: credits(50_000n) }, 0);
const withAmounts = (balance: bigint, held = 0n, more: Partial<Account> = {}): Account => ({
  ...opened,
  balance: credits(balance),
  held: credits(held),
  ...more,
});

test.each([
  [50_000n, "ok"],
  [49_999n, "low"],
  [1n, "low"],
  [0n, "depleted"],
  [-1n, "grace"],
  [-49_999n, "grace"],
  [-50_000n, "exhausted"],
  [-50_001n, "exhausted"],
] as const)("a balance of %d is %s", (balance, status) => {
  expect(balanceStatus(withAmounts(balance))).toBe(status);
});

test("without grace, 0 is depleted and anything below it exhausted", () => {
  const statusOf = (balance: bigint) => balanceStatus(withAmounts(balance, 0n, { graceLimit: credits(0n) }));
  expect([0n, -1n].map(statusOf)).toEqual(["depleted", "exhausted"]);
});

test("a new organization has nothing, and the policy it was given", () => {
  expect(newAccount("org_a", { graceLimit: credits(1n), lowBalanceThreshold: credits(2n) }, 3)).toEqual({
    organizationId: "org_a",
    balance: 0n,
    held: 0n,
    graceLimit: 1n,
    graceLimitSet: 1n,
    lowBalanceThreshold: 2n,
    alertState: "ok",
    hasSpendLimits: false,
    hasFreeEvents: false,
    activeSessions: 0,
    settledSessions: 0n,
    cancelledSessions: 0n,
    seq: 0n,
    typeSeq: { topup: 0n, consumption: 0n, refund: 0n, adjustment: 0n, expiry: 0n },
    newsSeq: 0n,
    totalTopups: 0n,
    totalUsage: 0n,
    headHash: "0".repeat(64),
    updatedAt: 3,
  });
});

test("what is available is what no session holds, and headroom ends at the floor", () => {
  expect(available(withAmounts(100n, 130n))).toBe(-30n);
  expect(headroom(withAmounts(100n, 130n))).toBe(49_970n);
  expect(headroom(withAmounts(-60_000n))).toBe(0n);
});

describe("the grace in force", () => {
  test.each<[what: string, balance: bigint, held: bigint, inForce: bigint, set: bigint, after: bigint]>([
    ["raised: at once", 0n, 0n, 50n, 80n, 80n],
    ["lowered with nothing held: at once", 10n, 10n, 50n, 0n, 0n],
    ["lowered below what calls hold: to what they hold", 10n, 40n, 50n, 0n, 30n],
    ["lowered while below the floor: not yet", -90n, 0n, 50n, 0n, 50n],
  ])("%s", (_what, balance, held, inForce, set, after) => {
    const account = withAmounts(balance, held, { graceLimit: credits(inForce), graceLimitSet: credits(set) });
    expect(withGraceInForce(account).graceLimit).toBe(after);
    expect(withGraceInForce(withGraceInForce(account))).toEqual(withGraceInForce(account));
  });
});
