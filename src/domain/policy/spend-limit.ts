import { add, type Credits, greatest, subtract, ZERO } from "../money/credits.ts";

/** Spend limits: how much an organization, one of its agents, API keys or end users may use in a day or month, by the
 *  UTC calendar. What counts is usage posted in the period and what running sessions hold, so that calls side by side
 *  cannot overrun a limit. Source: docs/spend-limits.md */

export const SPEND_SCOPES = ["organization", "agent", "api_key", "user"] as const;
export const SPEND_PERIODS = ["day", "month"] as const;
export type SpendScope = (typeof SPEND_SCOPES)[number];
export type SpendPeriod = (typeof SPEND_PERIODS)[number];

/** Whose spending is counted, and how often it starts anew. */
export type SpendKey = {
  readonly scope: SpendScope;
  /** Id of the agent, API key or end user; null for the organization as a whole. */
  readonly subject: string | null;
  readonly period: SpendPeriod;
};

/** A limit as the Owner sets it. */
export type SpendRule = SpendKey & { readonly limit: Credits };

/** What has come together in a period. */
export type SpendMeter = SpendKey & {
  /** Start of the period that `spent` is of, epoch ms. */
  readonly periodStart: number;
  /** Usage posted in that period. A refund does not lower it. */
  readonly spent: Credits;
  /** What running sessions hold, whenever they were opened: it is posted in the period in which they end. */
  readonly held: Credits;
};

/** A limit in force. `told` is the worst that was told of it in its period. */
export type SpendLimit = SpendMeter & SpendRule & { readonly told: SpendState };

/** near: 80 % are used. */
export type SpendState = "ok" | "near" | "reached";

/** News of a limit: how it stood when it came near or was reached. */
export type SpendAlert = SpendLimit & { readonly told: Exclude<SpendState, "ok"> };

/** Whom usage is counted for. */
export type Spender = {
  readonly agentId: string;
  readonly apiKeyId: string | null;
  readonly userId: string | null;
};

/** What a decision did to the spending of one spender. */
export type Spending = { readonly spender: Spender; readonly spent: Credits; readonly held: Credits };

export function spendKeyOf({ scope, subject, period }: SpendKey): string {
  return `${scope} ${subject ?? ""} ${period}`;
}

/** One order for the limits of an organization, wherever they come from. */
export function inOrder<K extends SpendKey>(keys: readonly K[]): K[] {
  return keys.toSorted((a, b) => (spendKeyOf(a) < spendKeyOf(b) ? -1 : 1));
}

export function isCounted({ scope, subject }: SpendKey, spender: Spender): boolean {
  if (scope === "organization") return true;
  const id = { agent: spender.agentId, api_key: spender.apiKeyId, user: spender.userId }[scope];
  return id !== null && id === subject;
}

/** Start of the UTC day or month that a time lies in, epoch ms. */
export function periodStartOf(period: SpendPeriod, at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), period === "day" ? date.getUTCDate() : 1);
}

/** Start of the next period: when the count begins anew. */
export function periodEndOf({ period, periodStart }: Pick<SpendMeter, "period" | "periodStart">): number {
  const date = new Date(periodStart);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  return period === "day" ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1);
}

/** A limit as it stands at a time: in a new period nothing is spent, and what calls hold is still held. */
export function limitAt(limit: SpendLimit, now: number): SpendLimit {
  const meter = meterAt(limit, now);
  return meter === limit ? limit : { ...meter, told: "ok" };
}

function meterAt<M extends SpendMeter>(meter: M, now: number): M {
  const periodStart = periodStartOf(meter.period, now);
  return periodStart > meter.periodStart ? { ...meter, periodStart, spent: ZERO } : meter;
}

/** What a limit leaves; 0 where it was lowered below what is used. */
export function roomOf({ limit, spent, held }: SpendLimit): Credits {
  return greatest(subtract(limit, add(spent, held)), ZERO);
}

/** The limit that leaves a spender the least; null when none counts it. */
export function tightestLimit(
  limits: readonly SpendLimit[],
  spender: Spender,
  now: number,
): SpendLimit | null {
  let tightest: SpendLimit | null = null;
  for (const limit of limits) {
    if (!isCounted(limit, spender)) continue;
    const current = limitAt(limit, now);
    if (tightest === null || roomOf(current) < roomOf(tightest)) tightest = current;
  }
  return tightest;
}

/** A meter with some spending more. */
export function metered<M extends SpendMeter>(meter: M, { spender, spent, held }: Spending, now: number): M {
  if (!isCounted(meter, spender)) return meter;
  const current = meterAt(meter, now);
  return { ...current, spent: add(current.spent, spent), held: add(current.held, held) };
}

/** The limits after some spending, and what is to be told of them. A limit that counts none of it stays the same object. */
export function countSpending(limits: readonly SpendLimit[], spending: Spending, now: number): SpendChange {
  const told = limits.map((limit) =>
    isCounted(limit, spending.spender) ? tell(metered(limitAt(limit, now), spending, now)) : untold(limit),
  );
  return changeOf(told);
}

/** The limits after the Owner set these rules in place of all others. One that stays keeps its count; a new one begins
 *  with what its meter says was used before. A change is told of again from where the limit then stands.
 *  @param meters of every rule that is new. */
export function setSpendRules(
  limits: readonly SpendLimit[],
  rules: readonly SpendRule[],
  meters: readonly SpendMeter[],
  now: number,
): SpendChange {
  const counted = new Map<string, SpendMeter & { readonly told?: SpendState }>();
  for (const meter of [...meters, ...limits]) counted.set(spendKeyOf(meter), meter);
  return changeOf(
    inOrder(rules).map((rule) => {
      const { scope, subject, period, limit } = rule;
      const {
        periodStart,
        spent,
        held,
        told = "ok",
      } = counted.get(spendKeyOf(rule)) ?? emptyMeter(rule, now);
      const set = limitAt({ scope, subject, period, limit, periodStart, spent, held, told }, now);
      const state = spendStateOf(set);
      // Raised: whatever was told, it is told again when it comes near again.
      return isWorse(state, set.told)
        ? tell(set)
        : untold(set.told === state ? set : { ...set, told: state });
    }),
  );
}

export type SpendChange = { readonly limits: readonly SpendLimit[]; readonly alerts: readonly SpendAlert[] };

function emptyMeter(
  { scope, subject, period }: SpendKey,
  now: number,
): SpendMeter & { readonly told?: SpendState } {
  return { scope, subject, period, periodStart: periodStartOf(period, now), spent: ZERO, held: ZERO };
}

/** How much of a limit is used: near from 80 % on. A limit of 0 forbids, and there is nothing to warn of. */
export function spendStateOf({ limit, spent, held }: SpendLimit): SpendState {
  const used = add(spent, held);
  if (limit === 0n || used * 5n < limit * 4n) return "ok";
  return used < limit ? "near" : "reached";
}

function isWorse(state: SpendState, than: SpendState): boolean {
  return SPEND_STATES.indexOf(state) > SPEND_STATES.indexOf(than);
}

/** From good to bad. */
const SPEND_STATES: readonly SpendState[] = ["ok", "near", "reached"];

type Told = { readonly limit: SpendLimit; readonly alert: SpendAlert | null };

const untold = (limit: SpendLimit): Told => ({ limit, alert: null });

/** Notes what is to be told: each state once in a period, as holds come and go around a boundary. */
function tell(limit: SpendLimit): Told {
  const state = spendStateOf(limit);
  if (state === "ok" || !isWorse(state, limit.told)) return untold(limit);
  const told = { ...limit, told: state };
  return { limit: told, alert: told };
}

function changeOf(told: readonly Told[]): SpendChange {
  return {
    limits: told.map(({ limit }) => limit),
    alerts: told.flatMap(({ alert }) => (alert === null ? [] : [alert])),
  };
}
