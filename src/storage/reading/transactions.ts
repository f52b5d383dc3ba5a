import type { Account } from "../../domain/ledger/account.ts";
import {
  seqOfTransactionId,
  type Transaction,
  type TransactionType,
} from "../../domain/ledger/transaction.ts";
import type { OrganizationDatabase } from "../organization-database.ts";
import { transactionColumns, transactionFromRow } from "../posting/transaction-rows.ts";

/** The ledger, read. Sequences are dense, so a page of any filter is a key range and costs the same at any depth. */

// The limit says nothing that the range does not. But the planner guesses the rows of a range from all organizations'
// numbers together, and for the last pages of a long history it would guess millions and scan the whole table.
const BY_SEQ = `select ${transactionColumns("t")} from transaction t
  where t.org_id = $1 and t.seq > $2 and t.seq <= $3 order by t.seq desc limit $4`;
const BY_TYPE_SEQ = `select ${transactionColumns("t")} from transaction t
  where t.org_id = $1 and t.type = $5 and t.type_seq > $2 and t.type_seq <= $3 order by t.type_seq desc limit $4`;

export type Page = { readonly limit: number; readonly offset: number };

/** One page, newest first, of all transactions or of one type. @param account as read just before: its counters say how
 *  many there are, and what is added meanwhile lies beyond them. */
export async function listTransactions(
  database: OrganizationDatabase,
  account: Account,
  type: TransactionType | null,
  { limit, offset }: Page,
): Promise<{ data: Transaction[]; total: number }> {
  const total = type === null ? account.seq : account.typeSeq[type];
  const last = total - BigInt(offset);
  if (last <= 0n) return { data: [], total: Number(total) };
  const range = [database.organizationId, last - BigInt(limit), last, limit];
  const { rows } =
    type === null
      ? await database.query({ name: "transactions_by_seq", text: BY_SEQ, values: range })
      : await database.query({
          name: "transactions_by_type_seq",
          text: BY_TYPE_SEQ,
          values: [...range, type],
        });
  return { data: rows.map(transactionFromRow), total: Number(total) };
}

/** The transaction with this id in the organization, or null. */
export async function findTransaction(
  database: OrganizationDatabase,
  id: string,
): Promise<Transaction | null> {
  const { organizationId } = database;
  const seq = seqOfTransactionId(organizationId, id);
  if (seq === null) return null;
  const { rows } = await database.query({
    name: "transactions_by_seq",
    text: BY_SEQ,
    values: [organizationId, seq - 1n, seq, 1],
  });
  return rows.length === 0 ? null : transactionFromRow(rows[0]);
}
