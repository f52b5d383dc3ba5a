import { z } from "zod";
import type { Transaction } from "../../domain/ledger/transaction.ts";
import { creditsToNumber } from "../../domain/money/credits.ts";
import { timeOutput } from "../schemas.ts";

/** A ledger entry as the API shows it. */
export const transactionSchema = z
  .strictObject({
    id: z.string(),
    organization_id: z.string(),
    seq: z.int().positive(),
    type: z.enum(["topup", "consumption", "refund", "adjustment", "expiry"]),
    kind: z.string(),
    amount: z.number(),
    balance_before: z.number(),
    balance_after: z.number(),
    description: z.string(),
    billing_session_id: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    actor: z.strictObject({ type: z.string(), id: z.string(), name: z.string() }).nullable(),
    ip_address: z.string().nullable(),
    occurred_at: timeOutput.nullable(),
    created_at: timeOutput,
    hash: z.string(),
  })
  .meta({ id: "Transaction" });

export type TransactionView = z.infer<typeof transactionSchema>;

/** @param ipAddress the opened address of the transaction's origin; null when there is none or its key was destroyed. */
export function transactionView(transaction: Transaction, ipAddress: string | null): TransactionView {
  return {
    id: transaction.id,
    organization_id: transaction.organizationId,
    seq: Number(transaction.seq),
    type: transaction.type,
    kind: transaction.kind,
    amount: creditsToNumber(transaction.amount),
    balance_before: creditsToNumber(transaction.balanceBefore),
    balance_after: creditsToNumber(transaction.balanceAfter),
    description: transaction.description,
    billing_session_id: transaction.sessionId,
    metadata: transaction.metadata,
    actor: transaction.actor,
    ip_address: ipAddress,
    occurred_at: transaction.occurredAt === null ? null : new Date(transaction.occurredAt).toISOString(),
    created_at: new Date(transaction.recordedAt).toISOString(),
    hash: transaction.hash,
  };
}
