import { newAccount } from "../ledger/account.ts";
import { seqOfTransactionId, type Transaction } from "../ledger/transaction.ts";
import { type Credits, credits } from "../money/credits.ts";
import {
  isCounted,
  periodStartOf,
  type Spender,
  type SpendKey,
  type SpendLimit,
  type SpendMeter,
  type SpendRule,
} from "../policy/spend-limit.ts";
import { FIRST_PRICES, type PriceBook } from "../pricing/price-book.ts";
import { type AppliedRates, NO_USAGE, type PricedSubject, ratesFor } from "../pricing/rate-usage.ts";
import type {
  Command,
  Context,
  Decision,
  Facts,
  NaturalRecord,
  Purchase,
  Refundable,
  UsageTotals,
} from "./command.ts";
import { orderKey } from "./credit.ts";
import { decide } from "./decide.ts";
import { isOnFinalGrant, mayReauthorize } from "./reauthorize.ts";
import type { Session, SessionSubject } from "./session.ts";
import { spenderOf, spenderOfSession } from "./spending.ts";

/** An organization in memory: what the posting engine does around `decide`, for tests of the domain alone. */

export const PRICES: PriceBook = {
  versions: [{ version: 1, organizationId: null, effectiveFrom: 0, entries: FIRST_PRICES }],
};
export const TIMING = { validityMs: 60_000, settleWindowMs: 600_000 };
export const ORIGIN = { actor: null, sealedIp: null } as const;
export const T0 = 1_800_000_000_000;

export const PIPELINE: SessionSubject = {
  agentId: "agent_abc123",
  agentName: null,
  architecture: "pipeline",
  sessionType: "webcall",
  keyMode: "platform_keys",
  llmModel: "gpt-4o-mini",
  sttProvider: "deepgram",
  ttsProvider: "cartesia",
  realtimeModel: null,
  userId: null,
  metadata: {},
};

export const TEXT: SessionSubject = { ...PIPELINE, architecture: "text", sessionType: "chat" };
export const API: SessionSubject = { ...PIPELINE, architecture: "api", sessionType: "api" };

/** The first prices' rates of a subject. */
export function ratesOf(subject: PricedSubject): AppliedRates {
  const rates = ratesFor(subject, { own: [], everyone: FIRST_PRICES });
  if (rates === null) throw new Error("the first prices have no rate for it");
  return rates;
}

export class World {
  account = newAccount(
    "org_test",
    { graceLimit: credits(50_000n), lowBalanceThreshold: credits(50_000n) },
    T0,
  );
  readonly sessions = new Map<string, Session>();
  readonly transactions: Transaction[] = [];
  readonly naturals = new Map<string, NaturalRecord>();
  readonly refundables = new Map<string, Refundable>();
  readonly purchases = new Map<string, Purchase>();
  spendLimits: readonly SpendLimit[] = [];
  now = T0;

  run(command: Command): Decision {
    const facts = this.facts(command);
    const context: Context = { now: this.now, prices: PRICES, timing: TIMING };
    const decision = decide(facts, command, context);
    if (decision.kind === "refused") return decision;
    this.account = decision.account;
    this.spendLimits = decision.spendLimits;
    if (decision.session !== null) this.sessions.set(decision.session.id, decision.session);
    this.transactions.push(...decision.posted);
    const { natural, refundable, purchase } = decision;
    if (natural !== null) this.naturals.set(`${natural.namespace}/${natural.id}`, natural);
    if (refundable !== null) this.refundables.set(refundable.transaction.id, refundable);
    if (purchase !== null) this.purchases.set(orderKey(purchase), purchase);
    return decision;
  }

  facts(command: Command): Facts {
    const session = "sessionId" in command ? (this.sessions.get(command.sessionId) ?? null) : null;
    const bySeq = (seq: bigint | null) => this.transactions.find((one) => one.seq === seq) ?? null;
    return {
      account: this.account,
      session,
      sessionTransaction: bySeq(session?.transactionSeq ?? null),
      natural: this.natural(command),
      refundable: command.kind === "refund_usage" ? this.refundable(command.transactionId) : null,
      purchase: this.purchase(command),
      onFinalGrant: mayReauthorize(command) ? this.onFinalGrant() : [],
      spendLimits: this.spendLimits,
      spendMeters: command.kind === "set_spend_limits" ? command.rules.map((rule) => this.meter(rule)) : [],
    };
  }

  /** What the ledger and the sessions come to under a spend key, counted from their rows. */
  meter({ scope, subject, period }: SpendKey): SpendMeter {
    const key = { scope, subject, period };
    const periodStart = periodStartOf(period, this.now);
    const counted = this.transactions.filter(
      (one) =>
        one.counterAccount === "usage_revenue" &&
        one.amount < 0n &&
        one.recordedAt >= periodStart &&
        isCounted(key, this.spender(one)),
    );
    const running = [...this.sessions.values()].filter((one) => isCounted(key, spenderOfSession(one)));
    return {
      ...key,
      periodStart,
      spent: credits(counted.reduce((sum, { amount }) => sum - amount, 0n)),
      held: credits(running.reduce((sum, { held }) => sum + held, 0n)),
    };
  }

  private spender(transaction: Transaction): Spender {
    const session = this.sessions.get(transaction.sessionId ?? "");
    if (session !== undefined) return spenderOfSession(session);
    const { agent_id, user_id } = transaction.metadata;
    const userId = typeof user_id === "string" ? user_id : null;
    return spenderOf({ agentId: String(agent_id), userId }, transaction.actor);
  }

  private onFinalGrant(): string[] {
    return [...this.sessions.values()]
      .filter(isOnFinalGrant)
      .map(({ id }) => id)
      .sort();
  }

  private natural(command: Command): NaturalRecord | null {
    const find = (key: string) => this.naturals.get(key) ?? null;
    if (command.kind === "charge") return find(`event/${command.eventId}`);
    if (command.kind === "add_credit" || command.kind === "refund_usage")
      return find(`credit/${command.creditId}`);
    return command.kind === "credit_purchase" ? find(`order/${orderKey(command.purchase)}`) : null;
  }

  private refundable(id: string): Refundable | null {
    const seq = seqOfTransactionId(this.account.organizationId, id);
    const transaction = this.transactions.find((one) => one.seq === seq);
    return this.refundables.get(id) ?? (transaction ? { transaction, refunded: credits(0n) } : null);
  }

  private purchase(command: Command): Purchase | null {
    if (command.kind === "credit_purchase") return this.purchases.get(orderKey(command.purchase)) ?? null;
    return command.kind === "refund_purchase" ? (this.purchases.get(orderKey(command)) ?? null) : null;
  }
}

export const give = (amount: Credits, creditId = `give-${amount}`): Command => ({
  kind: "add_credit",
  creditId,
  creditKind: amount < 0n ? "adjustment" : "manual_grant",
  amount,
  description: null,
  reason: null,
  fingerprint: String(amount),
  origin: ORIGIN,
});

export const authorize = (sessionId = "s", subject = PIPELINE, fingerprint = "f"): Command => ({
  kind: "authorize",
  sessionId,
  subject,
  fingerprint,
  origin: ORIGIN,
});

/** Totals as they are told: of a call in seconds, of a chat or an API job in what it counts. */
export type Told = number | UsageTotals;

const totals = (told: Told): UsageTotals =>
  typeof told === "number" ? { durationMs: BigInt(Math.round(told * 1000)) } : told;

export const report = (seq: number, told: Told, sessionId = "s"): Command => ({
  kind: "report",
  sessionId,
  seq: BigInt(seq),
  usage: totals(told),
});

type Settle = Command & { kind: "settle" };

/** @param told null for an end that names no totals. */
export const settle = (told: Told | null, sessionId = "s", more: Partial<Settle> = {}): Settle => ({
  kind: "settle",
  sessionId,
  usage: told === null ? {} : totals(told),
  endedAt: null,
  reason: null,
  origin: ORIGIN,
  ...more,
});

export const cancel = (sessionId = "s"): Command => ({ kind: "cancel", sessionId });
export const expire = (sessionId = "s"): Command => ({ kind: "expire", sessionId });

type Charge = Command & { kind: "charge" };

export const charge = (told: Told, eventId = "e", fingerprint = "f", more: Partial<Charge> = {}): Charge => ({
  kind: "charge",
  eventId,
  subject: PIPELINE,
  usage: { ...NO_USAGE, ...totals(told) },
  description: null,
  occurredAt: null,
  fingerprint,
  origin: ORIGIN,
  ...more,
});

export const setGrace = (graceLimit: bigint): Command => ({
  kind: "set_policy",
  policy: { graceLimit: credits(graceLimit) },
});

export const setLimits = (...rules: readonly SpendRule[]): Command => ({
  kind: "set_spend_limits",
  rules,
  counted: null,
});
