import type pg from "pg";
import type { Purchase } from "../../domain/charging/command.ts";
import { orderKey } from "../../domain/charging/credit.ts";
import { seqOfTransactionId, type Transaction } from "../../domain/ledger/transaction.ts";
import { add, type Credits, negate, ZERO } from "../../domain/money/credits.ts";
import { createHistoryCheck, type HistoryCheck } from "../../domain/verification/history-check.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { streamRows, type TextRow } from "./stream-rows.ts";
import { transactionFromTexts, VERIFIED_TRANSACTION_COLUMNS } from "./transaction-texts.ts";

/** What the ledger of one organization says, as far as other rows must agree with it. */
export type ExaminedHistory = {
  readonly check: HistoryCheck;
  /** By the seq of the usage transaction that was refunded. */
  readonly usageRefunded: Map<bigint, Credits>;
  /** By orderKey. */
  readonly purchaseRefunded: Map<string, Credits>;
};

/** Takes the transactions of an organization through a history check. @returns how many there were. */
export async function examineTransactions(
  client: pg.ClientBase,
  organizationId: string,
  onProblem: OnProblem,
): Promise<{ history: ExaminedHistory; transactions: number }> {
  const history: ExaminedHistory = {
    check: createHistoryCheck(organizationId, onProblem),
    usageRefunded: new Map(),
    purchaseRefunded: new Map(),
  };
  let transactions = 0;
  const query = {
    text: `select ${VERIFIED_TRANSACTION_COLUMNS} from transaction where org_id = $1 order by seq`,
    values: [organizationId],
  };
  await streamRows(client, query, (row: TextRow) => {
    const transaction = transactionFromTexts(row);
    history.check.next(transaction);
    noteRefund(history, transaction);
    transactions += 1;
  });
  return { history, transactions };
}

function noteRefund(history: ExaminedHistory, transaction: Transaction): void {
  const { kind, amount, metadata, organizationId } = transaction;
  if (kind === "usage_refund" && typeof metadata.refunded_transaction_id === "string") {
    const seq = seqOfTransactionId(organizationId, metadata.refunded_transaction_id);
    if (seq !== null) raise(history.usageRefunded, seq, amount);
  }
  if (kind === "purchase_refund") raise(history.purchaseRefunded, orderOf(metadata), negate(amount));
}

function orderOf(metadata: Transaction["metadata"]): string {
  const order: Pick<Purchase, "storeId" | "orderId"> = {
    storeId: String(metadata.store_id),
    orderId: String(metadata.order_id),
  };
  return orderKey(order);
}

function raise<Key>(sums: Map<Key, Credits>, key: Key, amount: Credits): void {
  sums.set(key, add(sums.get(key) ?? ZERO, amount));
}
