import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import { GENESIS_HASH, newAccount } from "./account.ts";
import { type Posting, post } from "./post.ts";
import { chainHash, type TransactionKind, transactionId } from "./transaction.ts";

const opened = newAccount("org_a", { graceLimit: credits(0n), lowBalanceThreshold: credits(0n) }, 1);

const posting = (kind: TransactionKind, amount: bigint, more: Partial<Posting> = {}): Posting => ({
  kind,
  amount: credits(amount),
  description: "text",
  metadata: { a: 1 },
  origin: { actor: null, sealedIp: null },
  ...more,
});

describe("a posting", () => {
  test("moves balance, sequences, head and time of the account together", () => {
    const first = post(opened, posting("manual_grant", 100n), 10);
    const { hash, ...unhashed } = first.transaction;
    expect(unhashed).toEqual({
      organizationId: "org_a",
      seq: 1n,
      typeSeq: 1n,
      id: transactionId("org_a", 1n),
      type: "topup",
      kind: "manual_grant",
      counterAccount: "promotions",
      amount: 100n,
      balanceBefore: 0n,
      balanceAfter: 100n,
      description: "text",
      sessionId: null,
      metadata: { a: 1 },
      actor: null,
      sealedIp: null,
      occurredAt: null,
      recordedAt: 10,
    });
    expect(hash).toBe(chainHash(GENESIS_HASH, unhashed));
    expect(first.account).toEqual({
      ...opened,
      balance: 100n,
      seq: 1n,
      typeSeq: { ...opened.typeSeq, topup: 1n },
      totalTopups: 100n,
      headHash: hash,
      updatedAt: 10,
    });
    const second = post(first.account, posting("voice", -30n, { sessionId: "s", occurredAt: 5 }), 20);
    expect(second.transaction).toMatchObject({
      seq: 2n,
      typeSeq: 1n,
      balanceBefore: 100n,
      balanceAfter: 70n,
      sessionId: "s",
      occurredAt: 5,
    });
    const { hash: secondHash, ...secondUnhashed } = second.transaction;
    expect(secondHash).toBe(chainHash(hash, secondUnhashed));
    expect(second.account).toMatchObject({ balance: 70n, totalTopups: 100n, totalUsage: 30n });
  });

  test("of nothing is a fault: a row in the ledger changes the balance", () => {
    expect(() => post(opened, posting("adjustment", 0n), 1)).toThrow("a transaction has an amount");
  });

  test.each<[kind: TransactionKind, type: string, counterAccount: string, totals: [bigint, bigint]]>([
    ["purchase", "topup", "sales", [7n, 0n]],
    ["manual_grant", "topup", "promotions", [7n, 0n]],
    ["welcome", "topup", "promotions", [7n, 0n]],
    ["startup_grant", "topup", "promotions", [7n, 0n]],
    ["voice", "consumption", "usage_revenue", [0n, -7n]],
    ["chat", "consumption", "usage_revenue", [0n, -7n]],
    ["api", "consumption", "usage_revenue", [0n, -7n]],
    ["service", "consumption", "usage_revenue", [0n, -7n]],
    ["usage_refund", "refund", "usage_revenue", [0n, 0n]],
    ["purchase_refund", "refund", "refunds", [0n, 0n]],
    ["adjustment", "adjustment", "adjustments", [0n, 0n]],
    ["late_end", "adjustment", "usage_revenue", [0n, 0n]],
    ["expiry", "expiry", "expired", [0n, 0n]],
  ])("of kind %s has type %s against %s, and counts in its own total", (...row) => {
    const [kind, type, counterAccount, [totalTopups, totalUsage]] = row;
    const { transaction, account } = post(opened, posting(kind, 7n), 1);
    expect(transaction).toMatchObject({ type, counterAccount, typeSeq: 1n });
    expect(account).toMatchObject({ totalTopups, totalUsage });
    expect(Object.entries(account.typeSeq).filter(([, seq]) => seq > 0n)).toEqual([[type, 1n]]);
  });
});
