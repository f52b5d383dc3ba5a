import { invariant } from "../../domain/assert.ts";
import type { Account, AlertState } from "../../domain/ledger/account.ts";
import { credits } from "../../domain/money/credits.ts";
import { type Column, insertStatement, instant, updateStatements } from "./column-arrays.ts";

/** The account table: one row an organization. */

const key: Column<Account> = { name: "org_id", type: "text", value: (account) => account.organizationId };

/** What sessions and charges move. */
const usual: readonly Column<Account>[] = [
  { name: "balance", type: "bigint", value: (account) => account.balance },
  { name: "held", type: "bigint", value: (account) => account.held },
  { name: "active_sessions", type: "integer", value: (account) => account.activeSessions },
  { name: "settled_sessions", type: "bigint", value: (account) => account.settledSessions },
  { name: "seq", type: "bigint", value: (account) => account.seq },
  { name: "consumption_seq", type: "bigint", value: (account) => account.typeSeq.consumption },
  { name: "news_seq", type: "bigint", value: (account) => account.newsSeq },
  { name: "total_usage", type: "bigint", value: (account) => account.totalUsage },
  { name: "head_hash", type: "bytea", value: (account) => account.headHash },
  instant("updated_at", (account) => account.updatedAt),
];

const rare: readonly Column<Account>[] = [
  { name: "grace_limit", type: "bigint", value: (account) => account.graceLimit },
  { name: "grace_limit_set", type: "bigint", value: (account) => account.graceLimitSet },
  { name: "low_balance_threshold", type: "bigint", value: (account) => account.lowBalanceThreshold },
  { name: "alert_state", type: "text", value: (account) => account.alertState },
  { name: "has_spend_limits", type: "boolean", value: (account) => account.hasSpendLimits },
  { name: "has_free_events", type: "boolean", value: (account) => account.hasFreeEvents },
  { name: "cancelled_sessions", type: "bigint", value: (account) => account.cancelledSessions },
  { name: "topup_seq", type: "bigint", value: (account) => account.typeSeq.topup },
  { name: "refund_seq", type: "bigint", value: (account) => account.typeSeq.refund },
  { name: "adjustment_seq", type: "bigint", value: (account) => account.typeSeq.adjustment },
  { name: "expiry_seq", type: "bigint", value: (account) => account.typeSeq.expiry },
  { name: "total_topups", type: "bigint", value: (account) => account.totalTopups },
];

export const ACCOUNT_COLUMNS = `org_id, balance, held, grace_limit, grace_limit_set, low_balance_threshold, alert_state,
  has_spend_limits, has_free_events, active_sessions,
  settled_sessions, cancelled_sessions, seq, topup_seq, consumption_seq, refund_seq, adjustment_seq, expiry_seq, news_seq,
  total_topups, total_usage,
  encode(head_hash, 'hex') as head_hash, updated_at`;

export const updateAccounts = updateStatements("account", [key], { usual, rare });

/** Opens accounts that do not exist yet; one that does is left alone. */
export const insertAccounts = insertStatement(
  "account",
  [key, ...usual, ...rare],
  "on conflict (org_id) do nothing",
);

export type AccountRow = {
  org_id: string;
  balance: bigint;
  held: bigint;
  grace_limit: bigint;
  grace_limit_set: bigint;
  low_balance_threshold: bigint;
  alert_state: AlertState;
  has_spend_limits: boolean;
  has_free_events: boolean;
  active_sessions: number;
  settled_sessions: bigint;
  cancelled_sessions: bigint;
  seq: bigint;
  topup_seq: bigint;
  consumption_seq: bigint;
  refund_seq: bigint;
  adjustment_seq: bigint;
  expiry_seq: bigint;
  news_seq: bigint;
  total_topups: bigint;
  total_usage: bigint;
  head_hash: string;
  updated_at: Date;
};

/** Parses a row; throws when the stored numbers contradict each other. */
export function accountFromRow(row: AccountRow): Account {
  invariant(row.held >= 0n && row.head_hash.length === 64, `account ${row.org_id} is well formed`);
  return {
    organizationId: row.org_id,
    balance: credits(row.balance),
    held: credits(row.held),
    graceLimit: credits(row.grace_limit),
    graceLimitSet: credits(row.grace_limit_set),
    lowBalanceThreshold: credits(row.low_balance_threshold),
    alertState: row.alert_state,
    hasSpendLimits: row.has_spend_limits,
    hasFreeEvents: row.has_free_events,
    activeSessions: row.active_sessions,
    settledSessions: row.settled_sessions,
    cancelledSessions: row.cancelled_sessions,
    seq: row.seq,
    typeSeq: {
      topup: row.topup_seq,
      consumption: row.consumption_seq,
      refund: row.refund_seq,
      adjustment: row.adjustment_seq,
      expiry: row.expiry_seq,
    },
    newsSeq: row.news_seq,
    totalTopups: credits(row.total_topups),
    totalUsage: credits(row.total_usage),
    headHash: row.head_hash,
    updatedAt: row.updated_at.getTime(),
  };
}
