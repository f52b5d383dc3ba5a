import { describe, expect, test } from "vitest";
import type { Command } from "../charging/command.ts";
import { authorize, charge, give, settle, TEXT, World } from "../charging/world.fixture.ts";
import { type Account, GENESIS_HASH } from "../ledger/account.ts";
import { chainHash, type Transaction, transactionId } from "../ledger/transaction.ts";
import { credits } from "../money/credits.ts";
import { createHistoryCheck } from "./history-check.ts";
import type { Problem } from "./problem.ts";

type Books = { readonly rows: readonly Transaction[]; readonly account: Account };

/** Six transactions of four types: a grant, a call, an event, a correction, a chat, a refund of the call. */
function books(): Books {
  const world = new World();
  const commands: readonly Command[] = [
    give(credits(100_000n)),
    authorize("call"),
    settle(210, "call"),
    charge(60),
    give(credits(-500n)),
    authorize("chat", TEXT),
    settle({ messages: 25n }, "chat"),
  ];
  for (const command of commands) world.run(command);
  world.run({
    kind: "refund_usage",
    creditId: "refund",
    transactionId: idOf(2),
    amount: credits(55n),
    description: null,
    reason: null,
    fingerprint: "",
    origin: { actor: null, sealedIp: null },
  });
  return { rows: world.transactions, account: world.account };
}

const idOf = (seq: number) => transactionId("org_test", BigInt(seq));

/** The history with one row changed, its hash left as it was. */
const changed = (rows: readonly Transaction[], seq: number, changes: Partial<Transaction>) =>
  rows.map((row) => (row.seq === BigInt(seq) ? { ...row, ...changes } : row));

/** The same, with every hash from there on made anew: whoever could do that could write to the ledger. */
function rewritten({ rows, account }: Books, seq: number, changes: Partial<Transaction>): Books {
  let head = GENESIS_HASH;
  const chained = changed(rows, seq, changes).map(({ hash: _, ...row }) => {
    head = chainHash(head, row);
    return { ...row, hash: head };
  });
  return { rows: chained, account: { ...account, headHash: head } };
}

const without = (rows: readonly Transaction[], ...seqs: number[]) =>
  rows.filter(({ seq }) => !seqs.includes(Number(seq)));

function check({ rows, account }: { rows: readonly Transaction[]; account: Account | null }) {
  const problems: Problem[] = [];
  const history = createHistoryCheck("org_test", (problem) => problems.push(problem));
  for (const row of rows) history.next(row);
  history.finish(account);
  return {
    history,
    lines: problems.map(({ table, key, problem }) => `${table} ${key} ${problem}`),
    problems,
  };
}

const CHANGED = "was changed: its hash does not follow from its fields and the transaction before it";

describe("a history as it was written", () => {
  test("has no problem, and names what it moved between the counter accounts", () => {
    const { history, lines } = check(books());
    expect(lines).toEqual([]);
    expect(history.isWhole()).toBe(true);
    expect(history.isBroken(1n)).toBe(false);
    expect(Object.fromEntries(history.counterAccounts)).toEqual({
      promotions: -100_000n,
      usage_revenue: 2_555n + 730n + 250n - 55n,
      adjustments: 500n,
    });
  });

  test("of nothing fits an account that has none", () => {
    const { account } = new World();
    expect(check({ rows: [], account }).lines).toEqual([]);
  });

  test("that belongs to no account says so, and of which organization", () => {
    expect(check({ rows: books().rows, account: null }).problems).toEqual([
      {
        organizationId: "org_test",
        table: "account",
        key: "org_test",
        problem: "is missing, though other rows belong to it",
      },
    ]);
  });
});

describe("a changed row", () => {
  test.each<[what: string, changes: Partial<Transaction>]>([
    ["an amount", { amount: credits(-1n) }],
    ["a description", { description: "nothing" }],
    ["its own hash", { hash: "f".repeat(64) }],
    ["all that was paid, consistently", { amount: credits(-1n), balanceAfter: credits(99_999n) }],
  ])("by %s is named, and it alone", (_what, changes) => {
    const { rows, account } = books();
    const { history, lines } = check({ rows: changed(rows, 2, changes), account });
    expect(lines).toEqual([`transaction ${idOf(2)} ${CHANGED}`]);
    expect([1n, 2n, 3n].map((seq) => history.isBroken(seq))).toEqual([false, true, false]);
    expect(["call", "chat"].map((id) => history.isSessionBroken(id))).toEqual([true, false]);
    expect(history.isWhole()).toBe(false);
  });

  test("is named when it is the last one, and its balance is not held against the account", () => {
    const { rows, account } = books();
    const { lines } = check({ rows: changed(rows, 6, { balanceAfter: credits(5n) }), account });
    expect(lines).toEqual([`transaction ${idOf(6)} ${CHANGED}`]);
  });

  test("leaves its neighbours' order unjudged, be there two of them", () => {
    const { rows, account } = books();
    const both = changed(changed(rows, 2, { balanceAfter: credits(1n) }), 3, { typeSeq: 9n });
    expect(check({ rows: both, account }).lines).toEqual([
      `transaction ${idOf(2)} ${CHANGED}`,
      `transaction ${idOf(3)} ${CHANGED}`,
    ]);
  });
});

describe("a row that contradicts itself or the ones before it, though its hash is right", () => {
  test.each<[what: string, seq: number, changes: Partial<Transaction>, problems: string[]]>([
    [
      "a type that is not its kind's",
      4,
      { type: "refund", typeSeq: 1n },
      ["type refund is not that of adjustment"],
    ],
    [
      "a counter account that is not its kind's",
      2,
      { counterAccount: "sales" },
      ["counter account sales is not that of voice"],
    ],
    [
      "a sum that does not add up",
      6,
      { amount: credits(56n) },
      ["balance_after is not balance_before + amount"],
    ],
    [
      "a balance before it that is another",
      6,
      { balanceBefore: credits(0n), balanceAfter: credits(55n) },
      ["balance_before 0 is not the balance before it, 95965"],
    ],
    ["a sequence in its type that leaps", 5, { typeSeq: 4n }, ["type_seq 4 does not follow 2"]],
    ["a sequence in its type that stands still", 5, { typeSeq: 2n }, ["type_seq 2 does not follow 2"]],
  ])("%s", (_what, seq, changes, problems) => {
    const { lines } = check(rewritten(books(), seq, changes));
    expect(lines[0]).toBe(`transaction ${idOf(seq)} ${problems.join("; ")}`);
  });

  test("a kind that this version does not know fits no type", () => {
    const unknown: Partial<Transaction> = JSON.parse('{"kind":"fax"}');
    const { lines } = check(rewritten(books(), 6, unknown));
    expect(lines).toEqual([
      `transaction ${idOf(6)} type refund is not that of fax; counter account usage_revenue is not that of fax`,
    ]);
  });
});

describe("a missing row", () => {
  test.each<[what: string, seqs: number[], lines: string[]]>([
    ["one", [3], [`transaction ${idOf(3)} is missing (seq 3)`]],
    [
      "several",
      [2, 3, 4],
      [`transaction ${idOf(2)} is missing, and so are all up to ${idOf(4)} (seq 2 to 4)`],
    ],
    ["the first", [1], [`transaction ${idOf(1)} is missing (seq 1)`]],
    ["the last", [6], [`transaction ${idOf(6)} is missing (seq 6)`]],
    [
      "two apart",
      [2, 5],
      [`transaction ${idOf(2)} is missing (seq 2)`, `transaction ${idOf(5)} is missing (seq 5)`],
    ],
    [
      "all",
      [1, 2, 3, 4, 5, 6],
      [`transaction ${idOf(1)} is missing, and so are all up to ${idOf(6)} (seq 1 to 6)`],
    ],
  ])("is named and nothing else is: %s", (_what, seqs, lines) => {
    const { rows, account } = books();
    const checked = check({ rows: without(rows, ...seqs), account });
    expect(checked.lines).toEqual(lines);
    expect(checked.history.isWhole()).toBe(false);
    const broken = [1, 2, 3, 4, 5, 6].filter((seq) => checked.history.isBroken(BigInt(seq)));
    expect(broken).toEqual(seqs);
  });

  test("lends its place in its type to no more rows than are missing", () => {
    const { account, rows } = rewritten(books(), 5, { typeSeq: 5n });
    expect(check({ rows: without(rows, 2), account }).lines).toContain(
      `transaction ${idOf(5)} type_seq 5 does not follow 2`,
    );
  });
});

test("a row beyond the account's last one is named as not the account's", () => {
  const { rows, account } = books();
  const earlier = { ...account, seq: 5n, headHash: rows[4]?.hash ?? "" };
  const { lines, history } = check({ rows, account: earlier });
  expect(lines).toEqual([
    `transaction ${idOf(6)} was not written by its account, whose last transaction is seq 5`,
  ]);
  expect([5n, 6n].map((seq) => history.isBroken(seq))).toEqual([false, true]);
});

describe("an account that contradicts its history", () => {
  test.each<[what: string, changes: (account: Account) => Partial<Account>, lines: string[]]>([
    [
      "in its balance",
      () => ({ balance: credits(0n) }),
      ["balance 0 is not what its transactions come to, 96020"],
    ],
    [
      "in its head",
      () => ({ headHash: "0".repeat(64) }),
      ["head_hash is not that of its last transaction: one of the two was changed"],
    ],
    ["in its seq, too low", () => ({ seq: 5n }), ["seq 5 is not that of its last transaction, 6"]],
    ["in its seq, too high", () => ({ seq: 7n }), ["seq 7 is not that of its last transaction, 6"]],
    [
      "in a type's seq, too high",
      ({ typeSeq }) => ({ typeSeq: { ...typeSeq, topup: 2n } }),
      ["topup_seq 2 is not the number counted, 1"],
    ],
    [
      "in a type's seq, too low",
      ({ typeSeq }) => ({ typeSeq: { ...typeSeq, consumption: 0n, expiry: 1n } }),
      ["consumption_seq 0 is not the number counted, 3", "expiry_seq 1 is not the number counted, 0"],
    ],
    [
      "in its top-ups",
      () => ({ totalTopups: credits(1n) }),
      ["total_topups 1 is not the sum of its top-ups, 100000"],
    ],
    [
      "in its usage",
      () => ({ totalUsage: credits(1n) }),
      ["total_usage 1 is not the sum of its usage, 3535"],
    ],
  ])("%s", (_what, changes, lines) => {
    const { rows, account } = books();
    const checked = check({ rows, account: { ...account, ...changes(account) } });
    expect(checked.lines).toEqual(lines.map((line) => `account org_test ${line}`));
  });

  test("is not blamed for sums while rows are missing, but for counters that no missing row explains", () => {
    const { rows, account } = books();
    const wrong = { ...account, totalUsage: credits(1n), typeSeq: { ...account.typeSeq, refund: 3n } };
    expect(check({ rows: without(rows, 3), account: wrong }).lines).toEqual([
      `transaction ${idOf(3)} is missing (seq 3)`,
      "account org_test refund_seq 3 is not the number counted, 1",
    ]);
  });

  test("with a changed last row is not blamed for its head", () => {
    const { rows, account } = books();
    const { lines } = check({
      rows: changed(rows, 6, { amount: credits(1n) }),
      account: { ...account, seq: 7n },
    });
    expect(lines[0]).toBe(`transaction ${idOf(6)} ${CHANGED}`);
    expect(lines[1]).toBe(`transaction ${idOf(7)} is missing (seq 7)`);
  });
});
