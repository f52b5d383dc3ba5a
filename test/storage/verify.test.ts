import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CounterAccount, TransactionKind } from "../../src/domain/ledger/transaction.ts";
import type { Problem } from "../../src/domain/verification/problem.ts";
import { findAccount } from "../../src/storage/accounts.ts";
import { readPriceBook } from "../../src/storage/price-book.ts";
import { isRight, screenRange } from "../../src/storage/verify/screen-range.ts";
import { openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { makeBusyHistory } from "./busy-history.fixture.ts";
import { CORRUPTED_REFERENCES } from "./corrupted-references.fixture.ts";
import { CORRUPTED_ACCOUNTS, CORRUPTED_TRANSACTIONS } from "./corruptions.fixture.ts";

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

test("an organization whose JSON was spelled anew, as a restore might, is still right", async () => {
  await makeBusyHistory(ledger, "org_restored");
  await ledger.pool.query(
    "update transaction set metadata = metadata::jsonb::json, actor = actor::jsonb::json where org_id = 'org_restored'",
  );
  expect(await problemsOf("org_restored")).toEqual([]);
});

test("screening alone finds a busy history right, so that none is read twice", async () => {
  await makeBusyHistory(ledger, "org_screened");
  const client = await ledger.pool.connect();
  try {
    const prices = await readPriceBook(client);
    const screenings = await screenRange(client, "org_id = 'org_screened'", prices, () => {});
    const account = await findAccount(ledger.databases.of("org_screened"));
    const screening = screenings.get("org_screened");
    if (account === null || screening === undefined) throw new Error("the organization is missing");
    expect(isRight(screening, account, account.newsSeq)).toBe(true);
  } finally {
    client.release();
  }
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
  ["other row", CORRUPTED_REFERENCES],
] as const)("a corrupted %s is named, and no other row", (group, corruptions) => {
  test.each(
    corruptions.map(([what, statement, table, keys], index) => ({ what, statement, table, keys, index })),
  )("$what", async ({ statement, table, keys, index }) => {
    const organizationId = `org_${group.replace(" ", "_")}_${index}`;
    await makeBusyHistory(ledger, organizationId);
    expect(await problemsOf(organizationId)).toEqual([]);
    const { rowCount } = await ledger.pool.query(statement, [organizationId]);
    expect(rowCount).toBeGreaterThan(0);
    const problems = await problemsOf(organizationId);
    expect(new Set(problems.map((problem) => `${problem.table} ${problem.key}`))).toEqual(
      new Set([keys(organizationId)].flat().map((key) => `${table} ${key}`)),
    );
  });
});
