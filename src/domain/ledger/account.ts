import { type Credits, credits, greatest, least, subtract, ZERO } from "../money/credits.ts";
import type { TransactionType } from "./transaction.ts";

/** One organization's prepaid account: the only balance of record. Source: design.md, Accounts and transactions. */
export type Account = {
  readonly organizationId: string;
  /** Posted credits; negative inside grace. */
  readonly balance: Credits;
  /** What running sessions may still use: the sum of their holds. */
  readonly held: Credits;
  /** Grace in force: `balance - held` stays at or above minus this, whatever usage does. */
  readonly graceLimit: Credits;
  /** Grace as the operator set it; while calls hold more than a lowered grace allows, `graceLimit` comes down
   *  to it only as they release. */
  readonly graceLimitSet: Credits;
  readonly lowBalanceThreshold: Credits;
  /** The worst that has been told of the balance since it was last in order. */
  readonly alertState: AlertState;
  /** Whether there are spend limits to look at; most organizations have none, and pay nothing for them. */
  readonly hasSpendLimits: boolean;
  /** Whether one-shot events that cost nothing are on record: their ids are kept apart from the ledger. */
  readonly hasFreeEvents: boolean;
  /** How many run: active or stale. */
  readonly activeSessions: number;
  /** How many have ended so far, by how they ended. */
  readonly settledSessions: bigint;
  readonly cancelledSessions: bigint;
  /** Sequence of the last transaction; dense from 1. */
  readonly seq: bigint;
  /** Sequence of the last transaction of each type; dense from 1. */
  readonly typeSeq: Readonly<Record<TransactionType, bigint>>;
  /** Sequence of the last outbox entry. */
  readonly newsSeq: bigint;
  readonly totalTopups: Credits;
  readonly totalUsage: Credits;
  /** Hash of the last transaction, hex; 64 zeros before the first. */
  readonly headHash: string;
  /** Epoch ms. */
  readonly updatedAt: number;
};

/** Source: domain/policy/alert.ts. */
export type AlertState = "ok" | "low" | "depleted" | "critical";

export type AccountPolicy = { readonly graceLimit: Credits; readonly lowBalanceThreshold: Credits };

export const GENESIS_HASH = "0".repeat(64);

/** A new organization's account: no credit, no history. */
export function newAccount(organizationId: string, policy: AccountPolicy, now: number): Account {
  return {
    organizationId,
    balance: ZERO,
    held: ZERO,
    graceLimit: policy.graceLimit,
    graceLimitSet: policy.graceLimit,
    lowBalanceThreshold: policy.lowBalanceThreshold,
    // Empty from the start is nothing to warn of.
    alertState: "ok",
    hasSpendLimits: false,
    hasFreeEvents: false,
    activeSessions: 0,
    settledSessions: 0n,
    cancelledSessions: 0n,
    seq: 0n,
    typeSeq: { topup: 0n, consumption: 0n, refund: 0n, adjustment: 0n, expiry: 0n },
    newsSeq: 0n,
    totalTopups: ZERO,
    totalUsage: ZERO,
    headHash: GENESIS_HASH,
    updatedAt: now,
  };
}

/** What no session holds: new sessions are authorized against this. */
export function available(account: Account): Credits {
  return subtract(account.balance, account.held);
}

/** How much usage may still be held or charged before the floor; 0 when a refund has already crossed it. */
export function headroom(account: Account): Credits {
  return greatest(credits(account.balance - account.held + account.graceLimit), ZERO);
}

/** Brings the grace in force as near to the set one as running holds allow: raised at once, lowered by releases. */
export function withGraceInForce(account: Account): Account {
  const used = credits(account.held - account.balance);
  const graceLimit = greatest(account.graceLimitSet, least(account.graceLimit, used));
  return graceLimit === account.graceLimit ? account : { ...account, graceLimit };
}

export type BalanceStatus = "ok" | "low" | "depleted" | "grace" | "exhausted";

/** Status of a balance, as contract.md (Decisions, Price and money) lists it. */
export function balanceStatus(account: Account): BalanceStatus {
  const { balance, graceLimit, lowBalanceThreshold } = account;
  if (balance > 0n) return balance < lowBalanceThreshold ? "low" : "ok";
  if (balance === 0n) return "depleted";
  return balance <= -graceLimit ? "exhausted" : "grace";
}
