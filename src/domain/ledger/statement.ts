import { invariant } from "../assert.ts";
import { add, type Credits, subtract, ZERO } from "../money/credits.ts";
import type { UsageSum } from "../usage/usage-sums.ts";
import type { Transaction, TransactionType } from "./transaction.ts";

/** What happened to an organization's credits in one month: opening balance and everything posted come to the closing
 *  balance, to the ten-thousandth. */
export type Statement = StatementFacts & {
  /** Signed as in the ledger: usage is negative. */
  readonly totals: Readonly<Record<TransactionType, Credits>>;
};

export type StatementFacts = {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly month: Month;
  readonly opening: Credits;
  readonly closing: Credits;
  /** Sequence of the last transaction before the month, and of the last one in it. */
  readonly seqBefore: bigint;
  readonly seqLast: bigint;
  /** Hash of the last transaction up to the month's end, hex; it vouches for all before it. */
  readonly headHash: string;
  /** Everything but usage: count and sum by type. */
  readonly sums: readonly TypeSum[];
  /** The first of them, in their order; `sums` counts all. */
  readonly entries: readonly Transaction[];
  /** The largest users first. What the others used is one sum, null when there are none. */
  readonly usage: readonly UsageSum[];
  readonly otherUsage: { readonly agents: number; readonly sum: UsageSum } | null;
};

export type TypeSum = {
  readonly type: TransactionType;
  readonly count: bigint;
  readonly amount: Credits;
};

/** A calendar month in UTC, [from, until) in epoch ms. */
export type Month = { readonly name: string; readonly from: number; readonly until: number };

/** The month called "2026-11"; null for what is none. */
export function monthOf(name: string): Month | null {
  const [, year, month] = /^(2\d{3})-(0[1-9]|1[0-2])$/.exec(name) ?? [];
  if (year === undefined) return null;
  const at = (index: number) => Date.UTC(Number(year), index, 1);
  return { name, from: at(Number(month) - 1), until: at(Number(month)) };
}

/** The months from one instant to another, both included, the newest first. */
export function monthsBetween(first: number, last: number): Month[] {
  const indexOf = (at: number) => (new Date(at).getUTCFullYear() - 1970) * 12 + new Date(at).getUTCMonth();
  const count = Math.max(0, indexOf(last) - indexOf(first) + 1);
  return Array.from({ length: count }, (_, back) => {
    const index = indexOf(last) - back;
    const [from, until] = [Date.UTC(1970, index), Date.UTC(1970, index + 1)];
    return { name: new Date(from).toISOString().slice(0, 7), from, until };
  });
}

/** Adds it up. Throws when the parts don't come to the closing balance: no wrong statement leaves. */
export function composeStatement(facts: StatementFacts): Statement {
  const used = [...facts.usage, ...(facts.otherUsage === null ? [] : [facts.otherUsage.sum])];
  const usage = used.reduce((total, sum) => add(total, sum.amount), ZERO);
  const totals: Record<TransactionType, Credits> = {
    topup: ZERO,
    consumption: ZERO,
    refund: ZERO,
    adjustment: ZERO,
    expiry: ZERO,
  };
  for (const { type, amount } of facts.sums) totals[type] = add(totals[type], amount);
  totals.consumption = subtract(totals.consumption, usage);
  const closing = Object.values(totals).reduce(add, facts.opening);
  invariant(
    closing === facts.closing,
    `the statement ${facts.month.name} of ${facts.organizationId} adds up to ${closing}, not ${facts.closing}`,
  );
  return { ...facts, totals };
}

/** Usage summed by agent over all intervals, the largest first, all beyond `listedMax` in one sum. */
export function usageByAgent(
  sums: Iterable<UsageSum>,
  listedMax: number,
): Pick<StatementFacts, "usage" | "otherUsage"> {
  const agents = new Map<string, UsageSum>();
  for (const sum of sums) {
    const before = agents.get(sum.member.id);
    agents.set(sum.member.id, before === undefined ? sum : together(before, sum));
  }
  const sorted = [...agents.values()].sort((a, b) =>
    a.amount === b.amount ? 0 : a.amount > b.amount ? -1 : 1,
  );
  const others = sorted.slice(listedMax);
  const [first, ...more] = others;
  return {
    usage: sorted.slice(0, listedMax),
    otherUsage: first === undefined ? null : { agents: others.length, sum: more.reduce(together, first) },
  };
}

function together(a: UsageSum, b: UsageSum): UsageSum {
  return {
    ...a,
    member: { id: a.member.id, name: b.member.name ?? a.member.name },
    amount: add(a.amount, b.amount),
    sessions: a.sessions + b.sessions,
    usage: {
      durationMs: a.usage.durationMs + b.usage.durationMs,
      messages: a.usage.messages + b.usage.messages,
      units: a.usage.units + b.usage.units,
    },
  };
}
