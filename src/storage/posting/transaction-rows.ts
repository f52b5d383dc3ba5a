import type { NaturalRecord } from "../../domain/charging/command.ts";
import type { Json } from "../../domain/ledger/canonical-json.ts";
import {
  type Actor,
  type CounterAccount,
  type Transaction,
  type TransactionKind,
  type TransactionType,
  transactionId,
} from "../../domain/ledger/transaction.ts";
import { credits } from "../../domain/money/credits.ts";
import { type Column, insertStatement, instant } from "./column-arrays.ts";

/** The ledger table. */

const columns: readonly Column<Transaction>[] = [
  { name: "org_id", type: "text", value: (transaction) => transaction.organizationId },
  { name: "seq", type: "bigint", value: (transaction) => transaction.seq },
  { name: "type", type: "text", value: (transaction) => transaction.type },
  { name: "type_seq", type: "bigint", value: (transaction) => transaction.typeSeq },
  { name: "kind", type: "text", value: (transaction) => transaction.kind },
  { name: "counter_account", type: "text", value: (transaction) => transaction.counterAccount },
  { name: "amount", type: "bigint", value: (transaction) => transaction.amount },
  { name: "balance_before", type: "bigint", value: (transaction) => transaction.balanceBefore },
  { name: "balance_after", type: "bigint", value: (transaction) => transaction.balanceAfter },
  { name: "description", type: "text", value: (transaction) => transaction.description },
  { name: "session_id", type: "text", value: (transaction) => transaction.sessionId },
  {
    name: "metadata",
    type: "json",
    value: (transaction) => JSON.stringify(transaction.metadata),
  },
  {
    name: "actor",
    type: "json",
    value: (transaction) => (transaction.actor === null ? null : JSON.stringify(transaction.actor)),
  },
  { name: "sealed_ip", type: "text", value: (transaction) => transaction.sealedIp },
  instant("occurred_at", (transaction) => transaction.occurredAt),
  instant("recorded_at", (transaction) => transaction.recordedAt),
  {
    name: "hash",
    type: "bytea",
    value: (transaction) => transaction.hash,
  },
];

/** A transaction, and the event that it charges where it charges one. */
export type Posting = { readonly transaction: Transaction; readonly event: NaturalRecord | null };

const ofTransaction = ({ value, ...column }: Column<Transaction>): Column<Posting> => ({
  ...column,
  value: ({ transaction }) => value(transaction),
});

export const insertTransactions = insertStatement<Posting>("transaction", [
  ...columns.map(ofTransaction),
  { name: "event_id", type: "text", value: ({ event }) => event?.id ?? null },
  { name: "event_fingerprint", type: "text", value: ({ event }) => event?.fingerprint ?? null },
]);

const NAMES = columns.map((column) => column.name);

/** The columns to select, each under its name with the given prefix, from a table called `table`. */
export function transactionColumns(table: string, prefix = ""): string {
  return NAMES.map((name) =>
    name === "hash"
      ? `encode(${table}.hash, 'hex') as ${prefix}hash`
      : `${table}.${name} as ${prefix}${name}`,
  ).join(", ");
}

export type TransactionRow = {
  org_id: string;
  seq: bigint;
  type: TransactionType;
  type_seq: bigint;
  kind: TransactionKind;
  counter_account: CounterAccount;
  amount: bigint;
  balance_before: bigint;
  balance_after: bigint;
  description: string;
  session_id: string | null;
  metadata: Record<string, Json>;
  actor: Actor | null;
  sealed_ip: string | null;
  occurred_at: Date | null;
  recorded_at: Date;
  hash: string;
};

export function transactionFromRow(row: TransactionRow): Transaction {
  return {
    organizationId: row.org_id,
    seq: row.seq,
    typeSeq: row.type_seq,
    id: transactionId(row.org_id, row.seq),
    type: row.type,
    kind: row.kind,
    counterAccount: row.counter_account,
    amount: credits(row.amount),
    balanceBefore: credits(row.balance_before),
    balanceAfter: credits(row.balance_after),
    description: row.description,
    sessionId: row.session_id,
    metadata: row.metadata,
    actor: row.actor,
    sealedIp: row.sealed_ip,
    occurredAt: row.occurred_at?.getTime() ?? null,
    recordedAt: row.recorded_at.getTime(),
    hash: row.hash,
  };
}

/** The transaction in a row that an outer join may have left empty; its columns carry the prefix `t_`. */
export function joinedTransaction(row: Record<string, unknown>): Transaction | null {
  if (row.t_seq === null || row.t_seq === undefined) return null;
  const unprefixed = Object.fromEntries(NAMES.map((name) => [name, row[`t_${name}`]]));
  return transactionFromRow(unprefixed as TransactionRow);
}
