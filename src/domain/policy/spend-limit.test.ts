import { expect, test } from "vitest";
import { credits, ZERO } from "../money/credits.ts";
import {
  countSpending,
  isCounted,
  limitAt,
  periodEndOf,
  periodStartOf,
  roomOf,
  type Spending,
  type SpendLimit,
  setSpendRules,
  spendStateOf,
  tightestLimit,
} from "./spend-limit.ts";

const NOON = Date.UTC(2026, 1, 28, 12);
const SPENDER = { agentId: "a", apiKeyId: "k", userId: null };

const limitOf = (limit: bigint, more: Partial<SpendLimit> = {}): SpendLimit => {
  const period = more.period ?? "day";
  return {
    scope: "agent",
    subject: "a",
    period,
    limit: credits(limit),
    periodStart: periodStartOf(period, NOON),
    spent: ZERO,
    held: ZERO,
    told: "ok",
    ...more,
  };
};

const spending = (spent: bigint, held = 0n): Spending => ({
  spender: SPENDER,
  spent: credits(spent),
  held: credits(held),
});

test("days and months begin at 00:00 UTC, the last of February and of December too", () => {
  expect(periodStartOf("day", NOON)).toBe(Date.UTC(2026, 1, 28));
  expect(periodStartOf("month", NOON)).toBe(Date.UTC(2026, 1, 1));
  const end = (period: "day" | "month", at: number) =>
    periodEndOf({ period, periodStart: periodStartOf(period, at) });
  expect(end("day", NOON)).toBe(Date.UTC(2026, 2, 1));
  expect(end("month", NOON)).toBe(Date.UTC(2026, 2, 1));
  expect(end("day", Date.UTC(2028, 1, 28))).toBe(Date.UTC(2028, 1, 29));
  expect(end("month", Date.UTC(2026, 11, 31, 23))).toBe(Date.UTC(2027, 0, 1));
});

test.each([
  ["organization", null, true],
  ["agent", "a", true],
  ["agent", "b", false],
  ["api_key", "k", true],
  ["api_key", "a", false],
  ["user", "k", false],
] as const)("a limit of %s %s counts the spender: %s", (scope, subject, counted) => {
  expect(isCounted({ scope, subject, period: "day" }, SPENDER)).toBe(counted);
});

test("in a new period nothing is spent and nothing told, and what calls hold is still held", () => {
  const used = limitOf(100n, { spent: credits(70n), held: credits(30n), told: "reached" });
  expect(limitAt(used, Date.UTC(2026, 1, 28, 23, 59, 59, 999))).toBe(used);
  const next = limitAt(used, Date.UTC(2026, 2, 1));
  expect(next).toEqual({ ...used, periodStart: Date.UTC(2026, 2, 1), spent: ZERO, told: "ok" });
  expect(roomOf(next)).toBe(70n);
});

test("the room of a limit that was lowered below what is used is 0, not less", () => {
  expect(roomOf(limitOf(50n, { spent: credits(40n), held: credits(20n) }))).toBe(0n);
});

test("the tightest limit is the one with the least room among those that count the spender", () => {
  const limits = [
    limitOf(100n, { spent: credits(60n) }),
    limitOf(50n, { scope: "organization", subject: null }),
    limitOf(1n, { subject: "b" }),
  ];
  expect(tightestLimit(limits, SPENDER, NOON)?.limit).toBe(100n);
  // The next day the day's limits are fresh.
  expect(tightestLimit(limits, SPENDER, NOON + 86_400_000)?.limit).toBe(50n);
  expect(tightestLimit(limits.slice(2), SPENDER, NOON)).toBeNull();
});

test.each([
  [79n, 100n, "ok"],
  [80n, 100n, "near"],
  [99n, 100n, "near"],
  [100n, 100n, "reached"],
  [120n, 100n, "reached"],
  [0n, 0n, "ok"],
] as const)("%i used of %i is %s", (used, limit, state) => {
  expect(spendStateOf(limitOf(limit, { spent: credits(used) }))).toBe(state);
});

test("each state is told once in a period, however holds come and go", () => {
  let limits: readonly SpendLimit[] = [limitOf(100n)];
  const told: string[] = [];
  const count = (held: bigint, at = NOON) => {
    const change = countSpending(limits, spending(0n, held), at);
    limits = change.limits;
    told.push(change.alerts.map((alert) => alert.told).join());
  };
  for (const held of [79n, 1n, -10n, 15n, 15n, -50n, 50n]) count(held);
  expect(told).toEqual(["", "near", "", "", "reached", "", ""]);
  count(-10n, NOON + 86_400_000);
  expect(told.at(-1)).toBe("near");
});

test("spending of others leaves a limit the same object", () => {
  const limits = [limitOf(100n, { subject: "b" })];
  expect(countSpending(limits, spending(5n), NOON).limits[0]).toBe(limits[0]);
});

test("a limit that stays keeps its count, a new one begins with its meter, the others go", () => {
  const limits = [limitOf(100n, { spent: credits(30n) }), limitOf(9n, { period: "month" })];
  const {
    told: _,
    limit: __,
    ...meter
  } = limitOf(0n, { subject: "b", spent: credits(7n), held: credits(2n) });
  const rules = [
    { scope: "agent", subject: "b", period: "day", limit: credits(50n) },
    { scope: "agent", subject: "a", period: "day", limit: credits(200n) },
  ] as const;
  const set = setSpendRules(limits, rules, [meter], NOON);
  expect(set.limits).toEqual([
    limitOf(200n, { spent: credits(30n) }),
    limitOf(50n, { subject: "b", spent: credits(7n), held: credits(2n) }),
  ]);
  expect(set.alerts).toEqual([]);
});

test("lowering a limit tells where it then stands, raising it makes ready to tell again", () => {
  const rule = (limit: bigint) =>
    [{ scope: "agent", subject: "a", period: "day", limit: credits(limit) }] as const;
  const used = [limitOf(100n, { spent: credits(60n) })];
  const lowered = setSpendRules(used, rule(70n), [], NOON);
  expect(lowered.alerts.map(({ told }) => told)).toEqual(["near"]);
  const raised = setSpendRules(lowered.limits, rule(100n), [], NOON);
  expect(raised).toEqual({ limits: used, alerts: [] });
  expect(countSpending(raised.limits, spending(20n), NOON).alerts).toHaveLength(1);
});
