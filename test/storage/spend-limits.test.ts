import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Command, Decision } from "../../src/domain/charging/command.ts";
import {
  authorize,
  charge,
  give,
  PIPELINE,
  report,
  setLimits,
  settle,
} from "../../src/domain/charging/world.fixture.ts";
import { periodEndOf, type SpendRule } from "../../src/domain/policy/spend-limit.ts";
import { countSpending } from "../../src/storage/count-spending.ts";
import { readPriceBook } from "../../src/storage/price-book.ts";
import { findSpendLimits } from "../../src/storage/spending.ts";
import { rollUp } from "../../src/storage/usage-rollups.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
});
afterAll(() => ledger.close());

const DAILY = { scope: "organization", subject: null, period: "day" } as const;
const MONTHLY = { scope: "agent", subject: PIPELINE.agentId, period: "month" } as const;
const limitOf = (key: Omit<SpendRule, "limit">, limit: string): SpendRule => ({
  ...key,
  limit: amount(limit),
});
const limitsOf = (organizationId: string) => findSpendLimits(ledger.databases.of(organizationId));
const codeOf = (decision: Decision) => (decision.kind === "refused" ? decision.refusal.kind : decision.kind);

async function open(organizationId: string): Promise<void> {
  await ledger.openAccount(organizationId, "5");
  await ledger.accept(organizationId, give(amount("50"), "start"));
}

test("a limit that is set late counts what was used and is held since its period began, in its own batch too", async () => {
  await open("org_late");
  await ledger.accept("org_late", charge(60, "early"));
  await ledger.accept("org_late", authorize("call"));
  const rules = [limitOf(DAILY, "9"), limitOf(MONTHLY, "9")];
  const commands: Command[] = [
    charge(60, "beside"),
    setLimits(...rules),
    charge(60, "after"),
    report(1, 50, "call"),
  ];
  for (const decision of await Promise.all(commands.map((command) => ledger.decide("org_late", command))))
    expect(decision.kind).toBe("accepted");
  const limits = await limitsOf("org_late");
  expect(limits).toHaveLength(2);
  for (const limit of limits) expect(limit.spent).toBe(amount("0.219"));
  expect(limits[0]?.held).toBe(limits[1]?.held);
  expect(limits[0]?.held).toBeGreaterThan(0n);
  await ledger.accept("org_late", settle(60, "call"));
  for (const limit of await limitsOf("org_late"))
    expect(limit).toMatchObject({ spent: amount("0.292"), held: 0n });
  expect(await ledger.verify("org_late")).toMatchObject({ kind: "verified", problems: [] });
});

test.each([
  ["within the period", 0, "0.219"],
  ["before a day and a month that have ended meanwhile", 40 * 86_400_000, "0.073"],
])("what was counted before a limit is set counts once: %s", async (name, pauseMs, spent) => {
  const organizationId = `org_counted ${name}`;
  await open(organizationId);
  await ledger.accept(organizationId, charge(60, "first"));
  await ledger.accept(organizationId, charge(60, "second"));
  const rules = [limitOf(DAILY, "9"), limitOf(MONTHLY, "9")];
  const counted = await countSpending(ledger.databases, organizationId, rules, 0);
  expect(counted.spent.map((one) => one.spent)).toEqual([amount("0.146"), amount("0.146")]);
  ledger.clock.aheadMs += pauseMs;
  await ledger.accept(organizationId, charge(60, "third"));
  await ledger.accept(organizationId, { kind: "set_spend_limits", rules, counted });
  for (const limit of await limitsOf(organizationId)) expect(limit.spent).toBe(amount(spent));
  expect(await ledger.verify(organizationId)).toMatchObject({ kind: "verified", problems: [] });
});

test.each([0, 1, 3, 4])(
  "what was used counts once with %i of four charges in the rollups",
  async (rolled) => {
    const organizationId = `org_rolled_${rolled}`;
    await open(organizationId);
    await ledger.accept(organizationId, charge(60, "first"));
    await ledger.accept(organizationId, authorize("call"));
    await ledger.accept(organizationId, settle(60, "call"));
    await ledger.accept(
      organizationId,
      charge(60, "third", "f", { subject: { ...PIPELINE, agentId: "other" } }),
    );
    await ledger.accept(organizationId, charge(60, "fourth"));
    if (rolled > 0) {
      const prices = await readPriceBook(ledger.pool);
      await rollUp(ledger.pool, organizationId, { limit: rolled, prices });
    }
    const agent = { scope: "agent", subject: PIPELINE.agentId, period: "day", limit: amount("9") } as const;
    const { spent } = await countSpending(ledger.databases, organizationId, [limitOf(DAILY, "9"), agent], 0);
    expect(spent.map((one) => one.spent)).toEqual([amount("0.292"), amount("0.219")]);
  },
);

test("calls side by side cannot overrun a limit, and what is posted stays within it", async () => {
  await open("org_crowd");
  await ledger.accept("org_crowd", setLimits(limitOf(DAILY, "1")));
  const calls = Array.from({ length: 60 }, (_, number) => `call-${number}`);
  const opened = await Promise.all(calls.map((id) => ledger.decide("org_crowd", authorize(id))));
  const running = calls.filter((_, index) => opened[index]?.kind === "accepted");
  expect(new Set(opened.map(codeOf))).toEqual(new Set(["accepted", "spend_limit_reached"]));
  expect((await limitsOf("org_crowd"))[0]).toMatchObject({ held: amount("1"), spent: 0n });
  await Promise.all(running.map((id) => ledger.accept("org_crowd", settle(600, id))));
  expect((await limitsOf("org_crowd"))[0]).toMatchObject({ held: 0n, spent: amount("1") });
  expect(codeOf(await ledger.decide("org_crowd", charge(1, "more")))).toBe("spend_limit_reached");
  expect(await ledger.verify("org_crowd")).toMatchObject({ kind: "verified", problems: [] });
});

test("a raised limit lets a call on its final grant go on at its next report, and names it in the news", async () => {
  await open("org_raised");
  await ledger.accept("org_raised", setLimits(limitOf(DAILY, "0.05")));
  const { session } = await ledger.accept("org_raised", authorize("call"));
  expect(session?.grant.final).toBe(true);
  const raised = await ledger.accept("org_raised", setLimits(limitOf(DAILY, "5")));
  expect(raised.news.map(({ type, sessionId }) => [type, sessionId])).toEqual([
    ["balance_updated", null],
    ["session_reauthorize", "call"],
  ]);
  const reported = await ledger.accept("org_raised", report(1, 30, "call"));
  expect(reported.session?.grant).toMatchObject({ final: false, limit: 90_000n });
  const lowered = await ledger.accept("org_raised", setLimits(limitOf(DAILY, "0.01")));
  expect(lowered.session).toBeNull();
  // What was granted stays granted, and nothing comes on top.
  const again = await ledger.accept("org_raised", report(2, 80, "call"));
  expect(again.session?.grant).toMatchObject({ final: true, limit: 90_000n });
  expect(await ledger.verify("org_raised")).toMatchObject({ kind: "verified", problems: [] });
});

test("a call over midnight is held today and spent tomorrow, when the day's limit is whole again", async () => {
  await open("org_night");
  await ledger.accept("org_night", setLimits(limitOf(DAILY, "0.1"), limitOf(MONTHLY, "0.2")));
  await ledger.accept("org_night", charge(30, "evening"));
  await ledger.accept("org_night", authorize("call"));
  expect(codeOf(await ledger.decide("org_night", charge(30, "late")))).toBe("spend_limit_reached");
  const [, today] = await limitsOf("org_night");
  if (today === undefined) throw new Error("no limit");
  const startedAhead = ledger.clock.aheadMs;
  ledger.clock.aheadMs = periodEndOf(today) - Date.now() + 1_000;
  await ledger.accept("org_night", settle(45, "call"));
  const [, tomorrow] = await limitsOf("org_night");
  expect(tomorrow).toMatchObject({ spent: amount("0.0548"), held: 0n, periodStart: periodEndOf(today) });
  await ledger.accept("org_night", charge(30, "morning"));
  expect(await ledger.verify("org_night")).toMatchObject({ kind: "verified", problems: [] });
  ledger.clock.aheadMs = startedAhead;
});

test("removed limits leave no rows, and no account that looks for them", async () => {
  await open("org_removed");
  await ledger.accept("org_removed", setLimits(limitOf(DAILY, "0"), limitOf(MONTHLY, "1")));
  expect(codeOf(await ledger.decide("org_removed", authorize("refused")))).toBe("spend_limit_reached");
  const { account } = await ledger.accept("org_removed", setLimits());
  expect(account.hasSpendLimits).toBe(false);
  expect(await limitsOf("org_removed")).toEqual([]);
  await ledger.accept("org_removed", authorize("allowed"));
  expect(await ledger.verify("org_removed")).toMatchObject({ kind: "verified", problems: [] });
});

describe("a corrupted count is named", () => {
  test.each([
    ["spent", "update spend_limit set spent = spent + 1 where org_id = $1", "spend_limit organization  day"],
    ["held", "update spend_limit set held = held - 1 where org_id = $1", "spend_limit organization  day"],
    ["flag", "update account set has_spend_limits = false where org_id = $1", "account org_flag"],
    ["rows", "delete from spend_limit where org_id = $1", "account org_rows"],
  ])("%s", async (name, statement, key) => {
    const organizationId = `org_${name}`;
    await open(organizationId);
    await ledger.accept(organizationId, setLimits(limitOf(DAILY, "5")));
    await ledger.accept(organizationId, authorize("call"));
    await ledger.pool.query(statement, [organizationId]);
    const result = await ledger.verify(organizationId);
    if (result.kind !== "verified") throw new Error(result.kind);
    expect(result.problems.map((problem) => `${problem.table} ${problem.key}`)).toEqual([key]);
  });
});
