import { afterAll, beforeAll, expect, test } from "vitest";
import { authorize, charge, PIPELINE, setLimits, settle } from "../../src/domain/charging/world.fixture.ts";
import { SPEND_PERIODS, type SpendRule } from "../../src/domain/policy/spend-limit.ts";
import { countSpending } from "../../src/storage/count-spending.ts";
import { readPriceBook } from "../../src/storage/price-book.ts";
import { findSpendLimits } from "../../src/storage/spending.ts";
import { rollUp } from "../../src/storage/usage-rollups.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { makeBusyHistory } from "./busy-history.fixture.ts";

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
});
afterAll(() => ledger.close());

const byKey = (id: string) => ({
  origin: { actor: { type: "api_key", id, name: id }, sealedIp: null } as const,
});

/** A limit of every scope and period, some of which count nothing. */
const rules: readonly SpendRule[] = SPEND_PERIODS.flatMap((period) =>
  (
    [
      ["organization", null],
      ["agent", PIPELINE.agentId],
      ["agent", "agent_other"],
      ["api_key", "key_1"],
      ["api_key", "key_2"],
      ["api_key", "key_none"],
      ["user", "user_1"],
      ["user", "user_2"],
    ] as const
  ).map(([scope, subject]) => ({ scope, subject, period, limit: amount("1000") })),
);

/** Usage of two keys, agents and users, by events and by calls, also by one that another key ends. */
async function makeSpending(organizationId: string): Promise<void> {
  const run = (command: Parameters<TestLedger["accept"]>[1]) => ledger.accept(organizationId, command);
  const ofUser = (userId: string) => ({ ...PIPELINE, agentId: "agent_other", userId });
  await run(charge(10, "k1", "f", { ...byKey("key_1"), subject: ofUser("user_1") }));
  await run(charge(20, "k2", "f", byKey("key_2")));
  await run({ ...authorize("call_1", ofUser("user_2")), ...byKey("key_1") });
  await run(settle(40, "call_1", byKey("key_2")));
}

test("is what the ledger comes to for every scope, however much of it is rolled up", async () => {
  const organizationId = "org_counted";
  await makeBusyHistory(ledger, organizationId);
  // What was before a month must not count in it, nor what was yesterday today.
  setClock(14);
  await makeSpending(organizationId);
  setClock(15);
  await makeLater(organizationId);
  const prices = await readPriceBook(ledger.pool);
  const counts = [await countSpending(ledger.databases, organizationId, rules, 0)];
  while ((await rollUp(ledger.pool, organizationId, { limit: 3, prices })) > 0)
    counts.push(await countSpending(ledger.databases, organizationId, rules, 0));
  expect(counts.length).toBeGreaterThan(3);

  // Without a count of ours the engine counts the whole period in the ledger, under the account's lock.
  await ledger.accept(organizationId, setLimits(...rules));
  const limits = await findSpendLimits(ledger.databases.of(organizationId));
  const expected = Object.fromEntries(limits.map((limit) => [nameOf(limit), limit.spent]));
  expect(expected).toMatchObject({
    "api_key key_none month": 0n,
    "user user_1 day": amount("0.0365"),
    "user user_1 month": amount("0.0487"),
    "user user_2 day": amount("0.1095"),
    "user user_2 month": amount("0.1582"),
    "api_key key_2 month": amount("0.1338"),
    "agent agent_other day": 0n,
  });
  for (const { spent } of counts)
    expect(Object.fromEntries(spent.map((one) => [nameOf(one), one.spent]))).toEqual(expected);
  expect(await ledger.verify(organizationId)).toMatchObject({ kind: "verified", problems: [] });
});

/** Noon of a day in the month after next. */
function setClock(day: number): void {
  const now = new Date();
  ledger.clock.aheadMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2, day, 12) - now.getTime();
}

/** Usage of the next day, with a call whose true end came late: an adjustment that is usage. */
async function makeLater(organizationId: string): Promise<void> {
  const run = (command: Parameters<TestLedger["accept"]>[1]) => ledger.accept(organizationId, command);
  await run(charge(30, "k3", "f", { ...byKey("key_1"), subject: { ...PIPELINE, userId: "user_1" } }));
  await run({ ...authorize("late", { ...PIPELINE, userId: "user_2" }), ...byKey("key_2") });
  ledger.clock.aheadMs += 3_600_000;
  await run({ kind: "expire", sessionId: "late" });
  const { transaction } = await run(settle(90, "late", byKey("key_1")));
  expect(transaction).toMatchObject({ type: "adjustment", counterAccount: "usage_revenue" });
}

function nameOf({ scope, subject, period }: Pick<SpendRule, "scope" | "subject" | "period">): string {
  return `${scope} ${subject ?? ""} ${period}`;
}
