import { type Transaction, transactionId } from "../../domain/ledger/transaction.ts";
import { credits } from "../../domain/money/credits.ts";
import type { TransactionRow } from "../posting/transaction-rows.ts";
import type { TextRow } from "./stream-rows.ts";

// To the microsecond: a time that was moved by less than what is hashed was moved all the same.
const MICROSECONDS = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint`;

/** The columns that transactionFromTexts reads, in its order. */
export const VERIFIED_TRANSACTION_COLUMNS = `org_id, seq, type, type_seq, kind, counter_account, amount, balance_before,
  balance_after, description, session_id, metadata, actor, sealed_ip, ${MICROSECONDS("occurred_at")}, ${MICROSECONDS("recorded_at")}, hash`;

/** Parses a row. What it holds is in question: a text that is no known kind or type passes, for the check to find. */
export function transactionFromTexts(row: TextRow): Transaction {
  const organizationId = row[0] ?? "";
  const seq = BigInt(row[1] ?? 0);
  const actor = row[12] ?? null;
  const occurredAt = row[14] ?? null;
  return {
    organizationId,
    seq,
    typeSeq: BigInt(row[3] ?? 0),
    id: transactionId(organizationId, seq),
    type: row[2] as TransactionRow["type"],
    kind: row[4] as TransactionRow["kind"],
    counterAccount: row[5] as TransactionRow["counter_account"],
    amount: credits(BigInt(row[6] ?? 0)),
    balanceBefore: credits(BigInt(row[7] ?? 0)),
    balanceAfter: credits(BigInt(row[8] ?? 0)),
    description: row[9] ?? "",
    sessionId: row[10] ?? null,
    metadata: JSON.parse(row[11] ?? "{}"),
    actor: actor === null ? null : JSON.parse(actor),
    sealedIp: row[13] ?? null,
    occurredAt: occurredAt === null ? null : Number(occurredAt) / 1_000,
    recordedAt: Number(row[15]) / 1_000,
    // bytea arrives as \x and its hexadecimal digits.
    hash: (row[16] ?? "").slice(2),
  };
}
