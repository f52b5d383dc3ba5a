import { expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import type { UsageSum } from "../usage/usage-sums.ts";
import { composeStatement, monthOf, monthsBetween, type StatementFacts, usageByAgent } from "./statement.ts";

const sum = (id: string, amount: bigint, name: string | null = null): UsageSum => ({
  dimension: "agent",
  from: 0,
  member: { id, name },
  amount: credits(amount),
  sessions: 1n,
  usage: { durationMs: 10n, messages: 2n, units: 3n },
});

const NOVEMBER = { name: "2026-11", from: Date.UTC(2026, 10, 1), until: Date.UTC(2026, 11, 1) };

const FACTS: StatementFacts = {
  organizationId: "acme",
  organizationName: "Acme",
  month: NOVEMBER,
  opening: credits(100n),
  closing: credits(82n),
  seqBefore: 3n,
  seqLast: 9n,
  headHash: "",
  sums: [
    { type: "topup", count: 1n, amount: credits(50n) },
    { type: "refund", count: 2n, amount: credits(-20n) },
    { type: "adjustment", count: 1n, amount: credits(4n) },
    { type: "expiry", count: 1n, amount: credits(-2n) },
  ],
  entries: [],
  usage: [sum("a", 30n), sum("b", 15n)],
  otherUsage: { agents: 2, sum: sum("c", 5n) },
};

test("opening balance, everything posted and all usage, of the agents not listed too, are the closing balance", () => {
  const { totals } = composeStatement(FACTS);
  expect(totals).toEqual({ topup: 50n, consumption: -50n, refund: -20n, adjustment: 4n, expiry: -2n });
  const { totals: none } = composeStatement({
    ...FACTS,
    closing: credits(100n),
    sums: [],
    usage: [],
    otherUsage: null,
  });
  expect(none).toEqual({ topup: 0n, consumption: 0n, refund: 0n, adjustment: 0n, expiry: 0n });
});

test("a statement whose parts come to something else is a fault", () => {
  expect(() => composeStatement({ ...FACTS, closing: credits(83n) })).toThrow(
    "the statement 2026-11 of acme adds up to 82, not 83",
  );
});

test("a month is a calendar month in UTC, the last of a year too", () => {
  expect(monthOf("2026-11")).toEqual(NOVEMBER);
  expect(monthOf("2028-02")).toMatchObject({ from: Date.UTC(2028, 1, 1), until: Date.UTC(2028, 2, 1) });
  expect(monthOf("2026-12")).toMatchObject({ from: Date.UTC(2026, 11, 1), until: Date.UTC(2027, 0, 1) });
  for (const text of ["2026-00", "2026-13", "2026-1", "1999-01", "x2026-11", "2026-110", ""])
    expect([text, monthOf(text)]).toEqual([text, null]);
});

test("usage is summed by agent over the days, the largest first, under the name that was told last", () => {
  const days = [sum("a", 10n, "Old"), sum("b", 25n), sum("a", 20n, "New"), sum("a", 1n)];
  const { usage, otherUsage } = usageByAgent(days, 2);
  expect(usage.map(({ member, amount, sessions }) => [member.id, member.name, amount, sessions])).toEqual([
    ["a", "New", 31n, 3n],
    ["b", null, 25n, 1n],
  ]);
  expect(usage[0]?.usage).toEqual({ durationMs: 30n, messages: 6n, units: 9n });
  expect(otherUsage).toBeNull();
});

test("agents beyond those listed are one sum", () => {
  const { usage, otherUsage } = usageByAgent([sum("a", 1n), sum("b", 3n), sum("c", 2n)], 1);
  expect(usage.map(({ member }) => member.id)).toEqual(["b"]);
  expect(otherUsage).toMatchObject({ agents: 2, sum: { amount: 3n, sessions: 2n } });
});

test("the months of a ledger go from the present one back to the first, over the turn of a year", () => {
  const names = (first: string, last: string) =>
    monthsBetween(Date.parse(first), Date.parse(last)).map(({ name }) => name);
  expect(names("2025-12-31T23:59:59.999Z", "2026-02-01T00:00:00.000Z")).toEqual([
    "2026-02",
    "2026-01",
    "2025-12",
  ]);
  expect(names("2026-11-24T12:00:00.000Z", "2026-11-01T00:00:00.000Z")).toEqual(["2026-11"]);
  expect(monthsBetween(NOVEMBER.from, NOVEMBER.from)).toEqual([NOVEMBER]);
});
