import type pg from "pg";
import type { Transaction } from "../../domain/ledger/transaction.ts";
import { transactionColumns, transactionFromRow } from "../posting/transaction-rows.ts";

/** Every transaction of a period, oldest first, read a page at a time as the reader takes them: memory stays constant
 *  however many there are. @param period epoch ms, [from, until). */
export async function* exportTransactions(
  pool: pg.Pool,
  organizationId: string,
  period: { readonly from: number; readonly until: number },
): AsyncGenerator<Transaction> {
  for (let after = 0n; ; ) {
    const { rows } = await pool.query({
      name: "export_transactions",
      text: `select ${transactionColumns("t")} from transaction t where t.org_id = $1 and t.seq > $2
        and t.recorded_at >= to_timestamp($3 / 1000.0) and t.recorded_at < to_timestamp($4 / 1000.0)
        order by t.seq limit $5`,
      values: [organizationId, after, period.from, period.until, PAGE],
    });
    for (const row of rows) yield transactionFromRow(row);
    if (rows.length < PAGE) return;
    after = rows.at(-1).seq;
  }
}

const PAGE = 1_000;
