import type pg from "pg";
import type { Command } from "../../domain/charging/command.ts";
import { orderKey } from "../../domain/charging/credit.ts";
import { mayAddCredit } from "../../domain/charging/reauthorize.ts";
import { seqOfTransactionId } from "../../domain/ledger/transaction.ts";
import { credits } from "../../domain/money/credits.ts";
import { ACCOUNT_COLUMNS, accountFromRow } from "./account-rows.ts";
import { sessionColumns, sessionFromRow } from "./session-rows.ts";
import { joinedTransaction, transactionColumns, transactionFromRow } from "./transaction-rows.ts";
import { emptyWorkingSet, namedBy, type WorkingSet, within } from "./working-set.ts";

/** What a batch needs of each command to load what it names. */
export type Wanted = {
  readonly organizationId: string;
  readonly command: Command;
  readonly idempotencyKey: string | null;
};

// The lock is the load, alone and first: the statements after it see what was committed while it waited.
// Accounts in organization order: two batches that cross must not deadlock.
const LOCK_ACCOUNTS = `select ${ACCOUNT_COLUMNS} from account where org_id = any($1::text[]) order by org_id for no key update`;
// Statements after the lock: a time read with it could be older than what the lock waited for.
// The newest price version with it, so that no batch is rated with a copy of the book that is behind.
const NOW = `select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now,
  (select max(version) from price_version) as price_version`;
const SESSIONS = `select ${sessionColumns("s")}, ${transactionColumns("t", "t_")}
  from unnest($1::text[], $2::text[]) as v (org_id, id)
  join session s on s.org_id = v.org_id and s.id = v.id
  left join transaction t on t.org_id = s.org_id and t.seq = s.transaction_seq`;
const NATURAL_IDS = `select n.org_id, n.namespace, n.id, n.fingerprint, ${transactionColumns("t", "t_")}
  from unnest($1::text[], $2::text[], $3::text[]) as v (org_id, namespace, id)
  join natural_id n on n.org_id = v.org_id and n.namespace = v.namespace and n.id = v.id
  left join transaction t on t.org_id = n.org_id and t.seq = n.transaction_seq`;
const REFUNDABLES = `select ${transactionColumns("t")}, coalesce(u.refunded, 0) as refunded
  from unnest($1::text[], $2::bigint[]) as v (org_id, seq)
  join transaction t on t.org_id = v.org_id and t.seq = v.seq
  left join usage_refund u on u.org_id = t.org_id and u.transaction_seq = t.seq`;
const PURCHASES = `select p.* from unnest($1::text[], $2::text[], $3::text[]) as v (org_id, store_id, order_id)
  join purchase p on p.org_id = v.org_id and p.store_id = v.store_id and p.order_id = v.order_id`;
// The index session_on_final_grant holds exactly these rows.
const ON_FINAL_GRANT = `select org_id, id from session
  where org_id = any($1::text[]) and grant_final and status in ('active', 'stale')`;
const ANSWERS = `select i.org_id, i.key, i.fingerprint, i.status, i.body from unnest($1::text[], $2::text[]) as v (org_id, key)
  join idempotency i on i.org_id = v.org_id and i.key = v.key`;

/** Locks the accounts of a batch and loads what its commands name, in one network sync. Must run inside a transaction.
 *  Resolves with the working set, the database's time in epoch ms, and the number of the newest price version. */
export async function load(
  client: pg.Client,
  wanted: readonly Wanted[],
): Promise<{ set: WorkingSet; now: number; newestPrices: number }> {
  const set = emptyWorkingSet();
  const organizations = [...new Set(wanted.map((item) => item.organizationId))];
  const query = (name: string, text: string, values: unknown[]) => client.query({ name, text, values });
  const [accounts, time] = await Promise.all([
    query("lock_accounts", LOCK_ACCOUNTS, [organizations]),
    query("now", NOW, []),
    loadSessions(query, wanted, set),
    loadNaturals(query, wanted, set),
    loadRefundables(query, wanted, set),
    loadPurchases(query, wanted, set),
    loadOnFinalGrant(query, wanted, set),
    loadAnswers(query, wanted, set),
  ]);
  for (const row of accounts.rows) set.accounts.set(row.org_id, accountFromRow(row));
  const { now, price_version } = time.rows[0];
  return { set, now: Number(now), newestPrices: price_version };
}

type Query = (name: string, text: string, values: unknown[]) => Promise<pg.QueryResult>;

async function loadSessions(query: Query, wanted: readonly Wanted[], set: WorkingSet): Promise<void> {
  const keys = distinct(wanted, ({ command }) => {
    const { sessionId } = namedBy(command);
    return sessionId === undefined ? null : [sessionId];
  });
  if (keys.length === 0) return;
  const { rows } = await query("load_sessions", SESSIONS, columnsOf(keys, 2));
  for (const row of rows) {
    const key = within(row.org_id, row.id);
    set.sessions.set(key, sessionFromRow(row));
    const transaction = joinedTransaction(row);
    if (transaction !== null) set.sessionTransactions.set(key, transaction);
  }
}

async function loadNaturals(query: Query, wanted: readonly Wanted[], set: WorkingSet): Promise<void> {
  const keys = distinct(wanted, ({ command }) => {
    const { natural } = namedBy(command);
    return natural === undefined ? null : [natural.namespace, natural.id];
  });
  if (keys.length === 0) return;
  const { rows } = await query("load_natural_ids", NATURAL_IDS, columnsOf(keys, 3));
  for (const row of rows) {
    const { namespace, id, fingerprint } = row;
    set.naturals.set(within(row.org_id, namespace, id), {
      namespace,
      id,
      fingerprint,
      transaction: joinedTransaction(row),
    });
  }
}

async function loadRefundables(query: Query, wanted: readonly Wanted[], set: WorkingSet): Promise<void> {
  const keys = distinct(wanted, ({ organizationId, command }) => {
    const { refundedTransactionId } = namedBy(command);
    const seq = refundedTransactionId && seqOfTransactionId(organizationId, refundedTransactionId);
    return seq ? [String(seq)] : null;
  });
  if (keys.length === 0) return;
  const { rows } = await query("load_refundables", REFUNDABLES, columnsOf(keys, 2));
  for (const row of rows) {
    const transaction = transactionFromRow(row);
    set.refundables.set(within(row.org_id, String(transaction.seq)), {
      transaction,
      refunded: credits(row.refunded),
    });
  }
}

async function loadPurchases(query: Query, wanted: readonly Wanted[], set: WorkingSet): Promise<void> {
  const keys = distinct(wanted, ({ command }) => {
    const { order } = namedBy(command);
    return order === undefined ? null : [order.storeId, order.orderId];
  });
  if (keys.length === 0) return;
  const { rows } = await query("load_purchases", PURCHASES, columnsOf(keys, 3));
  for (const row of rows) {
    const purchase = {
      storeId: row.store_id,
      orderId: row.order_id,
      credits: credits(row.credits),
      totalMinor: row.total_minor,
      refundedCredits: credits(row.refunded_credits),
      transactionSeq: row.transaction_seq,
    };
    set.purchases.set(within(row.org_id, orderKey(purchase)), purchase);
  }
}

async function loadOnFinalGrant(query: Query, wanted: readonly Wanted[], set: WorkingSet): Promise<void> {
  for (const { organizationId, command } of wanted)
    if (mayAddCredit(command)) set.onFinalGrant.set(organizationId, new Set());
  if (set.onFinalGrant.size === 0) return;
  const { rows } = await query("load_on_final_grant", ON_FINAL_GRANT, [[...set.onFinalGrant.keys()]]);
  for (const row of rows) set.onFinalGrant.get(row.org_id)?.add(row.id);
}

async function loadAnswers(query: Query, wanted: readonly Wanted[], set: WorkingSet): Promise<void> {
  const keys = distinct(wanted, ({ idempotencyKey }) => (idempotencyKey === null ? null : [idempotencyKey]));
  if (keys.length === 0) return;
  const { rows } = await query("load_answers", ANSWERS, columnsOf(keys, 2));
  for (const row of rows) {
    set.answers.set(within(row.org_id, row.key), {
      fingerprint: row.fingerprint,
      status: row.status,
      body: row.body,
    });
  }
}

/** The distinct keys that the commands name, each led by its organization. */
function distinct(wanted: readonly Wanted[], keyOf: (item: Wanted) => string[] | null): string[][] {
  const keys = new Map<string, string[]>();
  for (const item of wanted) {
    const key = keyOf(item);
    if (key !== null) keys.set(within(item.organizationId, ...key), [item.organizationId, ...key]);
  }
  return [...keys.values()];
}

function columnsOf(keys: readonly string[][], width: number): string[][] {
  return Array.from({ length: width }, (_, column) => keys.map((key) => key[column] ?? ""));
}
