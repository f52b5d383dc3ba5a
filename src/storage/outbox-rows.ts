import type { News } from "../domain/charging/command.ts";
import type { Session } from "../domain/charging/session.ts";
import type { Transaction } from "../domain/ledger/transaction.ts";
import { credits } from "../domain/money/credits.ts";
import { type SessionRow, sessionColumns, sessionFromRow } from "./posting/session-rows.ts";
import { type SpendAlertJson, spendAlertFromJson } from "./posting/spend-limit-rows.ts";
import { joinedTransaction, transactionColumns } from "./posting/transaction-rows.ts";

/** One piece of news with what it tells of, as that stands when it is read. */
export type OutboxEntry = {
  readonly organizationId: string;
  readonly news: News;
  /** Epoch ms by the database's clock. */
  readonly createdAt: number;
  readonly transaction: Transaction | null;
  readonly session: Session | null;
};

/** The columns of an entry; for statements that name the outbox n and append ENTRY_JOINS to it. */
export const ENTRY_COLUMNS = `n.org_id as n_org_id, n.seq as n_seq, n.type as n_type,
    n.transaction_seq as n_transaction_seq, n.posted_seq as n_posted_seq, n.session_id as n_session_id, n.balance as n_balance, n.held as n_held,
    n.alerts as n_alerts, n.spend_alerts as n_spend_alerts, n.created_at as n_created_at, ${sessionColumns("s")}, ${transactionColumns("t", "t_")}`;

export const ENTRY_JOINS = `left join transaction t on t.org_id = n.org_id and t.seq = n.transaction_seq
  left join session s on s.org_id = n.org_id and s.id = n.session_id`;

export type EntryRow = SessionRow & {
  n_org_id: string;
  n_seq: bigint;
  n_type: News["type"];
  n_transaction_seq: bigint | null;
  n_posted_seq: bigint;
  n_session_id: string | null;
  n_balance: bigint;
  n_held: bigint;
  n_alerts: News["alerts"] | null;
  n_spend_alerts: SpendAlertJson[] | null;
  n_created_at: Date;
};

export function entryFromRow(row: EntryRow): OutboxEntry {
  return {
    organizationId: row.n_org_id,
    news: {
      seq: row.n_seq,
      type: row.n_type,
      transactionSeq: row.n_transaction_seq,
      postedSeq: row.n_posted_seq,
      sessionId: row.n_session_id,
      balance: credits(row.n_balance),
      held: credits(row.n_held),
      alerts: row.n_alerts ?? [],
      spendAlerts: (row.n_spend_alerts ?? []).map(spendAlertFromJson),
    },
    createdAt: row.n_created_at.getTime(),
    transaction: joinedTransaction(row),
    // Of a session that is not there every column is null, the id first of all.
    session: row.id === null ? null : sessionFromRow(row),
  };
}
