import type pg from "pg";
import type { News } from "../domain/charging/command.ts";
import type { Session } from "../domain/charging/session.ts";
import { type BalanceStatus, balanceStatus } from "../domain/ledger/account.ts";
import type { Transaction } from "../domain/ledger/transaction.ts";
import { credits } from "../domain/money/credits.ts";
import { findAccount } from "./accounts.ts";
import { sessionColumns, sessionFromRow } from "./posting/session-rows.ts";
import { joinedTransaction, transactionColumns } from "./posting/transaction-rows.ts";

/** Reads the outbox. Sequences are dense per organization and become visible in their order, because the account is
 *  locked from the moment a number is taken until it is committed: who has read up to N has missed nothing before.
 *  Source: design.md, Outbox. */
export function createOutboxReader(pool: pg.Pool) {
  return {
    /** The oldest entries after `afterSeq`, at most `limit`, with what they tell of. */
    async read(organizationId: string, afterSeq: bigint, limit: number): Promise<OutboxEntry[]> {
      const { rows } = await pool.query(ENTRIES, [organizationId, afterSeq, limit]);
      if (rows.length === 0) return [];
      // After the entries: whatever it says of the last one's number, it cannot be older than that.
      const account = await findAccount(pool, organizationId);
      if (account === null) throw new Error(`${organizationId} has news but no account`);
      return rows.map((row) => {
        const news = newsFromRow(row);
        return {
          organizationId,
          news,
          status: balanceStatus({ ...account, balance: news.balance }),
          activeSessions: news.seq === account.newsSeq ? account.activeSessions : null,
          createdAt: row.n_created_at.getTime(),
          transaction: joinedTransaction(row),
          session: row.id === null ? null : sessionFromRow(row),
        };
      });
    },

    /** The number of the organization's last entry; 0 when it has no account yet. */
    async lastSeq(organizationId: string): Promise<bigint> {
      const { rows } = await pool.query("select news_seq from account where org_id = $1", [organizationId]);
      return rows.length === 0 ? 0n : rows[0].news_seq;
    },

    /** The same for many organizations; those without an account are left out. */
    async lastSeqs(organizationIds: readonly string[]): Promise<Map<string, bigint>> {
      const { rows } = await pool.query(
        "select org_id, news_seq from account where org_id = any($1::text[])",
        [organizationIds],
      );
      return new Map(rows.map((row) => [row.org_id, row.news_seq]));
    },
  };
}

/** One piece of news with what it tells of, as that stands when it is read. */
export type OutboxEntry = {
  readonly organizationId: string;
  readonly news: News;
  readonly status: BalanceStatus;
  /** Known for the organization's last entry alone; null for earlier ones. */
  readonly activeSessions: number | null;
  /** Epoch ms by the database's clock. */
  readonly createdAt: number;
  readonly transaction: Transaction | null;
  readonly session: Session | null;
};

/** Removes news that everybody has read long ago. */
export function createOutboxEraser(pool: pg.Pool) {
  return {
    /** A page of organizations after the one named ("" for the first), in order, and whether their oldest entry is
     *  older than `keepForMs`. Empty at the end. */
    async listOrganizations(afterId: string, keepForMs: number, limit: number): Promise<OutboxAge[]> {
      const { rows } = await pool.query(OLDEST, [afterId, keepForMs, limit]);
      return rows.map((row) => ({ organizationId: row.org_id, hasOldNews: row.has_old_news }));
    },

    /** Deletes at most `limit` of the organization's oldest entries that are older than `keepForMs`.
     *  @returns how many. */
    async deleteOld(organizationId: string, keepForMs: number, limit: number): Promise<number> {
      const { rowCount } = await pool.query(DELETE_OLD, [organizationId, keepForMs, limit]);
      return rowCount ?? 0;
    },
  };
}

export type OutboxAge = { readonly organizationId: string; readonly hasOldNews: boolean };

const ENTRIES = `select n.seq as n_seq, n.type as n_type, n.transaction_seq as n_transaction_seq,
    n.session_id as n_session_id, n.balance as n_balance, n.held as n_held, n.alerts as n_alerts,
    n.created_at as n_created_at,
    ${sessionColumns("s")}, ${transactionColumns("t", "t_")}
  from outbox n
  left join transaction t on t.org_id = n.org_id and t.seq = n.transaction_seq
  left join session s on s.org_id = n.org_id and s.id = n.session_id
  where n.org_id = $1 and n.seq > $2 order by n.seq limit $3`;

const OLDEST = `select a.org_id, coalesce(o.created_at < now() - $2 * interval '1 millisecond', false) as has_old_news
  from account a
  left join lateral (select created_at from outbox where org_id = a.org_id order by seq limit 1) o on true
  where a.org_id > $1 order by a.org_id limit $3`;

// An account's time never goes back, so the oldest entries are the first ones: no index on the time is needed.
const DELETE_OLD = `delete from outbox o using (
    select seq, created_at from outbox where org_id = $1 order by seq limit $3
  ) first
  where o.org_id = $1 and o.seq = first.seq and first.created_at < now() - $2 * interval '1 millisecond'`;

function newsFromRow(row: Record<string, unknown>): News {
  return {
    seq: row.n_seq,
    type: row.n_type,
    transactionSeq: row.n_transaction_seq,
    sessionId: row.n_session_id,
    balance: credits(row.n_balance as bigint),
    held: credits(row.n_held as bigint),
    alerts: row.n_alerts ?? [],
  } as News;
}
