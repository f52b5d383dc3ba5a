import type pg from "pg";
import type { Transaction, TransactionType } from "../../domain/ledger/transaction.ts";
import { transactionColumns, transactionFromRow } from "../posting/transaction-rows.ts";

/** Every transaction of a period, of all types or one and after a sequence number, oldest first, read a page at a time as the reader takes them: memory stays constant
 *  however many there are. @param period epoch ms, [from, until). */
export async function* exportTransactions(
  pool: pg.Pool,
  organizationId: string,
  wanted: ExportedTransactions,
): AsyncGenerator<Transaction> {
  for (let after = wanted.afterSeq; ; ) {
    const { rows } = await pool.query({
      name: "export_transactions",
      text: `select ${transactionColumns("t")} from transaction t where t.org_id = $1 and t.seq > $2
        and t.recorded_at >= to_timestamp($3 / 1000.0)
        and ($4::float8 is null or t.recorded_at < to_timestamp($4 / 1000.0))
        and ($5::text is null or t.type = $5)
        order by t.seq limit $6`,
      values: [organizationId, after, wanted.from, wanted.until, wanted.type, PAGE],
    });
    for (const row of rows) yield transactionFromRow(row);
    if (rows.length < PAGE) return;
    after = rows.at(-1).seq;
  }
}

export type ExportedTransactions = {
  readonly from: number;
  /** Null: to the last one. */
  readonly until: number | null;
  readonly type: TransactionType | null;
  /** 0 for the first; the last one received, to go on where a transfer broke off. */
  readonly afterSeq: bigint;
};

const PAGE = 1_000;
