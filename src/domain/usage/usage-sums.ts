import { add, type Credits, ZERO } from "../money/credits.ts";
import type { Usage } from "../pricing/rate-usage.ts";

/** What usage is summed by. */
export const DIMENSIONS = ["agent", "architecture", "component", "api_key", "user"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** One usage transaction, as far as charts tell of it. */
export type UsageFact = {
  /** Start of the hour it was recorded in, epoch ms. */
  readonly hour: number;
  readonly amount: Credits;
  readonly usage: Usage;
  readonly members: Readonly<Record<Exclude<Dimension, "component">, Member>>;
  /** The amount over its components; they sum to it. */
  readonly components: Iterable<readonly [component: string, amount: Credits]>;
};

/** Whom usage is summed for; the empty id is nobody in particular. */
export type Member = { readonly id: string; readonly name: string | null };

export type UsageSum = {
  readonly dimension: Dimension;
  /** Start of the interval, epoch ms. */
  readonly from: number;
  readonly member: Member;
  readonly amount: Credits;
  readonly usage: Usage;
  /** Transactions counted; of a component only the amount is known. */
  readonly sessions: bigint;
};

/** The sums that a transaction adds to: one in each dimension, several components. */
export function* sumsOf(fact: UsageFact): Generator<UsageSum> {
  const { hour: from, amount, usage, members } = fact;
  for (const dimension of DIMENSIONS) {
    if (dimension === "component")
      for (const [id, part] of fact.components)
        yield { dimension, from, member: { id, name: null }, amount: part, usage: NOTHING, sessions: 0n };
    else yield { dimension, from, member: members[dimension], amount, usage, sessions: 1n };
  }
}

const NOTHING: Usage = { durationMs: 0n, messages: 0n, units: 0n };

/** Sums by what they are of. A name that changed is the last one told. */
export type UsageSums = Map<string, Mutable<UsageSum>>;

/** Adds in place: a rollup adds eight sums for each of millions of transactions to a few hundred. */
export function addSum(sums: UsageSums, sum: UsageSum): void {
  // Neither dimension nor time holds a blank, so no two of them share a key.
  const key = `${sum.dimension} ${sum.from} ${sum.member.id}`;
  const total = sums.get(key);
  if (total === undefined) {
    sums.set(key, { ...sum });
    return;
  }
  if (sum.member.name !== null) total.member = sum.member;
  total.amount = add(total.amount, sum.amount);
  total.sessions += sum.sessions;
  if (sum.usage !== NOTHING) total.usage = bothUsages(total.usage, sum.usage);
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function bothUsages(one: Usage, other: Usage): Usage {
  return {
    durationMs: one.durationMs + other.durationMs,
    messages: one.messages + other.messages,
    units: one.units + other.units,
  };
}

export const HOUR_MS = 3_600_000;

/** How fast credits were used lately, and how long what is available lasts at that rate. Method: what was charged since
 *  the first usage of the last seven days, over the hours since then, at least one. No usage: no rate and no end.
 *  @param recent sums by the hour of one dimension in that window. */
export function burnOf(recent: Iterable<UsageSum>, available: Credits, now: number): Burn {
  let amount = ZERO;
  let since = now;
  for (const sum of recent) {
    amount = add(amount, sum.amount);
    since = Math.min(since, sum.from);
  }
  const hours = Math.max(1, (now - since) / HOUR_MS);
  const perHour = Number(amount) / hours;
  const runwayHours = amount === 0n ? null : Math.max(0, Number(available) / perHour);
  return { amount, hours, perHour, runwayHours };
}

export const BURN_WINDOW_MS = 7 * 24 * HOUR_MS;

export type Burn = {
  readonly amount: Credits;
  readonly hours: number;
  /** Ten-thousandths an hour: an estimate, not money. */
  readonly perHour: number;
  readonly runwayHours: number | null;
};
