import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import type { Command } from "./command.ts";
import { authorize, charge, give, ORIGIN, settle, T0, World } from "./world.fixture.ts";

type AddCredit = Command & { kind: "add_credit" };
type RefundUsage = Command & { kind: "refund_usage" };
type CreditPurchase = Command & { kind: "credit_purchase" };
type RefundPurchase = Command & { kind: "refund_purchase" };

const actor = { type: "operator", id: "op_1", name: "Operator" } as const;

const grant = (more: Partial<AddCredit> = {}): AddCredit => ({
  kind: "add_credit",
  creditId: "crd_1",
  creditKind: "manual_grant",
  amount: credits(50_000n),
  description: null,
  reason: null,
  fingerprint: "f",
  origin: ORIGIN,
  ...more,
});

describe("a credit", () => {
  test.each<[creditKind: AddCredit["creditKind"], type: string, counterAccount: string, description: string]>(
    [
      ["manual_grant", "topup", "promotions", "Manual credit grant - Admin adjustment"],
      ["welcome", "topup", "promotions", "Welcome credit - New organization bonus"],
      ["startup_grant", "topup", "promotions", "Startup grant credit - Approved application"],
      ["adjustment", "adjustment", "adjustments", "Balance adjustment - Admin adjustment"],
    ],
  )("of kind %s is a %s against %s: %s", (creditKind, type, counterAccount, description) => {
    const world = new World();
    expect(world.run(grant({ creditKind }))).toMatchObject({
      transaction: { kind: creditKind, type, counterAccount, description, amount: 50_000n },
      account: { balance: 50_000n, totalTopups: type === "topup" ? 50_000n : 0n },
    });
  });

  test("says what the operator said, who did it, and its own id", () => {
    const said = {
      description: "For the outage",
      reason: "Ticket 42",
      origin: { actor, sealedIp: "sealed" },
    };
    expect(new World().run(grant(said))).toMatchObject({
      transaction: {
        description: "For the outage",
        metadata: { credit_id: "crd_1", reason: "Ticket 42" },
        actor,
        sealedIp: "sealed",
        recordedAt: T0,
        occurredAt: null,
      },
    });
    expect(new World().run(grant())).not.toHaveProperty("transaction.metadata.reason");
  });

  test("given again with the same id is the same one; with other contents it is a conflict", () => {
    const world = new World();
    const first = world.run(grant());
    const again = world.run(grant());
    expect(again).toMatchObject({ repeated: true, posted: [] });
    expect(again).toHaveProperty("transaction", world.transactions[0]);
    expect(first).toHaveProperty("transaction", world.transactions[0]);
    expect(world.run(grant({ fingerprint: "g" }))).toEqual({
      kind: "refused",
      refusal: { kind: "credit_conflict", creditId: "crd_1" },
    });
    expect(world.account.balance).toBe(50_000n);
  });

  test("of welcome is given once; the refusal of a second one says so, for the id alone would not", () => {
    const world = new World();
    world.run(grant({ creditId: "welcome", creditKind: "welcome" }));
    expect(world.run(grant({ creditId: "welcome", creditKind: "welcome", fingerprint: "g" }))).toMatchObject({
      refusal: {
        kind: "credit_conflict",
        creditId: "welcome",
        detail: "The organization has had its welcome credit; it gets one only.",
      },
    });
  });
});

describe("a refund of usage", () => {
  const refund = (transactionId: string, amount: bigint, creditId = `r${amount}`): RefundUsage => ({
    kind: "refund_usage",
    creditId,
    transactionId,
    amount: credits(amount),
    description: null,
    reason: null,
    fingerprint: String(amount),
    origin: ORIGIN,
  });

  function charged(): { world: World; id: string } {
    const world = new World();
    world.run(give(credits(100_000n)));
    world.run(charge(60));
    return { world, id: world.transactions[1]?.id ?? "" };
  }

  test("gives back, over all refunds of a transaction, what it charged and no more", () => {
    const { world, id } = charged();
    expect(world.run(refund(id, 731n))).toMatchObject({
      refusal: { kind: "refund_exceeds_charge", refundable: 730n },
    });
    expect(world.run(refund(id, 300n))).toMatchObject({ account: { balance: 99_570n } });
    expect(world.run(refund(id, 431n))).toMatchObject({
      refusal: { kind: "refund_exceeds_charge", refundable: 430n },
    });
    expect(world.run(refund(id, 430n))).toMatchObject({ account: { balance: 100_000n } });
    expect(world.run(refund(id, 1n))).toMatchObject({
      refusal: { kind: "refund_exceeds_charge", refundable: 0n },
    });
    expect(world.run(refund(id, 300n))).toMatchObject({ repeated: true, account: { balance: 100_000n } });
  });

  test("says what it gives back, and why", () => {
    const { world, id } = charged();
    expect(world.run({ ...refund(id, 1n), reason: "dropped call" })).toMatchObject({
      transaction: {
        type: "refund",
        kind: "usage_refund",
        counterAccount: "usage_revenue",
        description: "Usage refund - Voice call session - agent_abc123 - 1 min",
        metadata: { credit_id: "r1", reason: "dropped call", refunded_transaction_id: id },
      },
    });
    expect(world.run({ ...refund(id, 2n), description: "Sorry" })).toMatchObject({
      transaction: { description: "Sorry" },
    });
  });

  test("takes another's id for a conflict", () => {
    const { world, id } = charged();
    world.run(refund(id, 1n, "crd"));
    expect(world.run(refund(id, 2n, "crd"))).toMatchObject({
      refusal: { kind: "credit_conflict", creditId: "crd" },
    });
  });

  test("of nothing known is refused, and of anything but a charge with what that is", () => {
    const { world, id } = charged();
    const nothing = { kind: "unknown_transaction", transactionId: "txn_1" };
    expect(world.run(refund("txn_1", 1n))).toEqual({ kind: "refused", refusal: nothing });
    const topUp = world.transactions[0]?.id ?? "";
    expect(world.run(refund(topUp, 1n))).toMatchObject({
      refusal: {
        kind: "unknown_transaction",
        transactionId: topUp,
        detail:
          "The transaction (Manual credit grant - Admin adjustment) charged no usage that could be refunded.",
      },
    });
    world.run(give(credits(-10n), "taken"));
    world.run(refund(id, 5n));
    const [taken, refunded] = world.transactions.slice(2);
    for (const transaction of [taken, refunded])
      expect(world.run(refund(transaction?.id ?? "", 1n))).toMatchObject({
        refusal: { kind: "unknown_transaction" },
      });
  });
});

const ORDER = { storeId: "1", orderId: "7" };

const buy = (amount: bigint, totalMinor: bigint): CreditPurchase => ({
  kind: "credit_purchase",
  purchase: {
    ...ORDER,
    credits: credits(amount),
    totalMinor,
    refundedCredits: credits(0n),
    transactionSeq: null,
  },
  description: "Credit top-up via Lemon Squeezy - $50.00",
  metadata: { payment_method: "lemon_squeezy" },
  origin: { actor, sealedIp: null },
  occurredAt: T0 - 1_000,
});

const takeBack = (refundedMinor: bigint, more: Partial<RefundPurchase> = {}): RefundPurchase => ({
  kind: "refund_purchase",
  ...ORDER,
  refundedMinor,
  origin: ORIGIN,
  ...more,
});

describe("a purchase", () => {
  test("is credited once by store and order, with what the payment said", () => {
    const world = new World();
    expect(world.run(buy(500_000n, 6_000n))).toMatchObject({
      repeated: false,
      account: { balance: 500_000n, totalTopups: 500_000n },
      purchase: { transactionSeq: 1n, refundedCredits: 0n },
      transaction: {
        type: "topup",
        kind: "purchase",
        counterAccount: "sales",
        amount: 500_000n,
        description: "Credit top-up via Lemon Squeezy - $50.00",
        metadata: { payment_method: "lemon_squeezy" },
        actor,
        occurredAt: T0 - 1_000,
      },
    });
    expect(world.run(buy(500_000n, 6_000n))).toMatchObject({
      repeated: true,
      transaction: world.transactions[0],
      posted: [],
    });
    expect(world.account.balance).toBe(500_000n);
  });
});

describe("a refund of a purchase", () => {
  function bought(amount = 500_000n, totalMinor = 6_000n): World {
    const world = new World();
    world.run(buy(amount, totalMinor));
    return world;
  }

  test("of an unknown order is refused", () => {
    expect(new World().run(takeBack(1n))).toMatchObject({ refusal: { kind: "order_unknown", orderId: "7" } });
  });

  test("takes the refunded share, tax included, half-up; what is no news takes nothing", () => {
    const world = bought();
    // A third of what was paid is a third of the credits.
    expect(world.run(takeBack(2_000n))).toMatchObject({ transaction: { amount: -166_667n } });
    expect(world.run(takeBack(2_000n))).toMatchObject({ repeated: true, posted: [] });
    expect(world.run(takeBack(1_000n))).toMatchObject({ repeated: true, posted: [] });
    expect(world.run(takeBack(6_000n))).toMatchObject({ transaction: { amount: -333_333n } });
    expect(world.run(takeBack(9_000n))).toMatchObject({ repeated: true });
    expect(world.account).toMatchObject({ balance: 0n, totalTopups: 500_000n });
  });

  test("says what was refunded of which order", () => {
    expect(bought().run(takeBack(3_000n, { orderNumber: 1001 }))).toMatchObject({
      transaction: {
        type: "refund",
        kind: "purchase_refund",
        counterAccount: "refunds",
        description: "Refund via Lemon Squeezy - $25.00 - #1001",
        metadata: {
          payment_method: "lemon_squeezy",
          order_id: "7",
          order_number: 1001,
          store_id: "1",
          refunded_minor: 3_000,
        },
      },
    });
    const unnumbered = bought().run(takeBack(3_000n));
    expect(unnumbered).toMatchObject({ transaction: { description: "Refund via Lemon Squeezy - $25.00" } });
    expect(unnumbered).not.toHaveProperty("transaction.metadata.order_number");
  });

  test("in whole, of an order that cost nothing, takes its credits; of one that cost something, 0 takes none", () => {
    expect(bought(500_000n, 0n).run(takeBack(0n))).toMatchObject({ transaction: { amount: -500_000n } });
    expect(bought().run(takeBack(0n))).toMatchObject({ repeated: true, posted: [] });
  });

  test("may cross the floor of what was spent, after which nothing new starts", () => {
    const world = bought();
    world.run(charge(40_000));
    world.run(takeBack(6_000n));
    expect(world.account.balance).toBe(-486_667n);
    expect(world.run(authorize())).toMatchObject({ refusal: { kind: "insufficient_credits" } });
    expect(world.run(settle(1))).toMatchObject({ refusal: { kind: "session_not_found" } });
  });

  test("in any steps comes to each step's share of the whole, by fractions", () => {
    const steps = fc.array(fc.bigInt({ min: 0n, max: 20_000n }), { minLength: 1, maxLength: 6 });
    const amounts = fc.bigInt({ min: 1n, max: 10n ** 9n });
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 15_000n }), steps, (amount, total, refunds) => {
        const world = bought(amount, total);
        for (const refunded of refunds) world.run(takeBack(refunded));
        const most = refunds.reduce((a, b) => (a > b ? a : b));
        const share = (most < total ? most : total) * amount;
        const [whole, rest] = [share / total, share % total];
        expect(amount - world.account.balance).toBe(2n * rest >= total ? whole + 1n : whole);
      }),
    );
  });
});
