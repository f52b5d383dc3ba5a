import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import { GENESIS_HASH } from "./account.ts";
import { chainHash, seqOfTransactionId, type Transaction, transactionId } from "./transaction.ts";

const TRANSACTION: Omit<Transaction, "hash"> = {
  organizationId: "org_acme",
  seq: 2n,
  typeSeq: 1n,
  id: transactionId("org_acme", 2n),
  type: "consumption",
  kind: "voice",
  counterAccount: "usage_revenue",
  amount: credits(-2_555n),
  balanceBefore: credits(100_000n),
  balanceAfter: credits(97_445n),
  description: "Voice call session - agent_abc123 - 3.5 min",
  sessionId: "ses_1",
  metadata: { agent_id: "agent_abc123", duration_seconds: 210, note: "Grüße" },
  actor: { type: "api_key", id: "key_1", name: "runtime" },
  sealedIp: null,
  occurredAt: 1_790_000_000_123,
  recordedAt: 1_790_000_000_456,
};

describe("the chain's hash", () => {
  test("of a given transaction is the same for ever: stored chains depend on it", () => {
    expect(chainHash(GENESIS_HASH, TRANSACTION)).toBe(
      "1ff4d3daebb9a90b9a582d503d7bbd7aded95887c5bcefef5b90bfa932e4c624",
    );
  });

  test("of a transaction without session, actor, address and time of its own is the same for ever too", () => {
    const bare = { ...TRANSACTION, sessionId: null, actor: null, sealedIp: null, occurredAt: null };
    expect(chainHash(GENESIS_HASH, bare)).toBe(
      "5c64feba39882f3bf61e0d5c11eed7b03836065223ed24be2ae70fadd431a542",
    );
  });

  test.each([
    ["organizationId", "org_other"],
    ["seq", 3n],
    ["typeSeq", 2n],
    ["id", "txn_other"],
    ["type", "refund"],
    ["kind", "chat"],
    ["counterAccount", "sales"],
    ["amount", credits(-2_556n)],
    ["balanceBefore", credits(100_001n)],
    ["balanceAfter", credits(97_444n)],
    ["description", ""],
    ["sessionId", null],
    ["metadata", {}],
    ["actor", null],
    ["sealedIp", ""],
    ["occurredAt", null],
    ["recordedAt", 1_790_000_000_457],
  ] as const)("depends on %s", (field, value) => {
    expect(chainHash(GENESIS_HASH, { ...TRANSACTION, [field]: value })).not.toBe(
      chainHash(GENESIS_HASH, TRANSACTION),
    );
  });

  test("depends on the hash before it, and not on the order in which metadata was written", () => {
    const hash = chainHash(GENESIS_HASH, TRANSACTION);
    expect(chainHash("1".repeat(64), TRANSACTION)).not.toBe(hash);
    const { note = "", ...others } = TRANSACTION.metadata;
    expect(chainHash(GENESIS_HASH, { ...TRANSACTION, metadata: { note, ...others } })).toBe(hash);
  });

  test("keeps fields apart: text moved from one to the next gives another hash", () => {
    const hashOf = (description: string, sessionId: string) =>
      chainHash(GENESIS_HASH, { ...TRANSACTION, description, sessionId });
    expect(hashOf("ab", "c")).not.toBe(hashOf("a", "bc"));
    expect(hashOf("a;1:b", "c")).not.toBe(hashOf("a", "b;1:c"));
  });
});

describe("a transaction's id", () => {
  test("says its seq to its own organization, and nothing to another", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 49n }), fc.string(), fc.string(), (seq, own, other) => {
        const id = transactionId(own, seq);
        expect(id).toMatch(/^txn_[0-9a-z]{22}$/);
        expect(seqOfTransactionId(own, id)).toBe(seq);
        if (other !== own) expect(seqOfTransactionId(other, id)).toBeNull();
      }),
    );
  });

  test("sorts as its seq does", () => {
    const ids = [1n, 2n, 31n, 32n, 33n, 1_023n, 1_024n, 10n ** 9n].map((seq) => transactionId("org", seq));
    expect([...ids].sort()).toEqual(ids);
  });

  test.each([
    "",
    "txn_",
    `${transactionId("org", 7n)}0`,
    `x${transactionId("org", 7n)}`,
    transactionId("org", 7n).toUpperCase(),
    "txn_000000000i000000000000",
    "ses_0000000000000000000000",
    "txn_1",
  ])("is not %j", (id) => expect(seqOfTransactionId("org", id)).toBeNull());
});
