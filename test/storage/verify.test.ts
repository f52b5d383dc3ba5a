import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CounterAccount, TransactionKind } from "../../src/domain/ledger/transaction.ts";
import type { Problem } from "../../src/domain/verification/problem.ts";
import { openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { makeBusyHistory } from "./busy-history.fixture.ts";
import { CORRUPTED_ACCOUNTS, CORRUPTED_OTHERS, CORRUPTED_TRANSACTIONS } from "./corruptions.fixture.ts";

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
});
afterAll(() => ledger.close());

async function problemsOf(organizationId?: string): Promise<readonly Problem[]> {
  const result = await ledger.verify(organizationId);
  if (result.kind !== "verified") throw new Error(result.kind);
  expect(result.problemCount).toBe(result.problems.length);
  return result.problems;
}

test("a history with every kind of row in it is right, and both sides of the books sum to zero", async () => {
  await makeBusyHistory(ledger, "org_right");
  await makeBusyHistory(ledger, "org_right_too");
  const result = await ledger.verify();
  if (result.kind !== "verified") throw new Error(result.kind);
  expect(result).toMatchObject({ organizations: 2, problems: [], problemCount: 0 });
  const { rows } = await ledger.pool.query("select kind, count(*) from transaction group by kind");
  const kinds: TransactionKind[] = rows.map((row) => row.kind);
  expect(new Set(kinds)).toEqual(
    new Set<TransactionKind>([
      "manual_grant",
      "voice",
      "chat",
      "api",
      "usage_refund",
      "adjustment",
      "purchase",
      "purchase_refund",
      "late_end",
    ]),
  );
  expect(result.transactions).toBe(rows.reduce((sum, row) => sum + Number(row.count), 0));
  const other = [...result.counterAccounts.values()].reduce((sum, part) => sum + part, 0n);
  expect(result.balances + other).toBe(0n);
  expect(new Set(result.counterAccounts.keys())).toEqual(
    new Set<CounterAccount>(["promotions", "sales", "usage_revenue", "refunds", "adjustments"]),
  );
});

test("an organization that nobody knows is said to be unknown", async () => {
  expect(await ledger.verify("org_nobody")).toEqual({
    kind: "organization_unknown",
    organizationId: "org_nobody",
  });
});

describe.each([
  ["transaction", CORRUPTED_TRANSACTIONS],
  ["account", CORRUPTED_ACCOUNTS],
  ["other row", CORRUPTED_OTHERS],
] as const)("a corrupted %s is named, and no other row", (group, corruptions) => {
  test.each(
    corruptions.map(([what, statement, table, key], index) => ({ what, statement, table, key, index })),
  )("$what", async ({ statement, table, key, index }) => {
    const organizationId = `org_${group.replace(" ", "_")}_${index}`;
    await makeBusyHistory(ledger, organizationId);
    expect(await problemsOf(organizationId)).toEqual([]);
    const { rowCount } = await ledger.pool.query(statement, [organizationId]);
    expect(rowCount).toBeGreaterThan(0);
    const problems = await problemsOf(organizationId);
    expect(new Set(problems.map((problem) => `${problem.table} ${problem.key}`))).toEqual(
      new Set([`${table} ${key(organizationId)}`]),
    );
  });
});
