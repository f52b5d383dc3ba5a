import { orderKey } from "../../domain/charging/credit.ts";
import { mayReauthorize } from "../../domain/charging/reauthorize.ts";
import { seqOfTransactionId } from "../../domain/ledger/transaction.ts";
import { credits } from "../../domain/money/credits.ts";
import { binaryArray, type ElementType } from "../wire/binary-array.ts";
import type { StatementResult, WireSession, WireStatement } from "../wire/session.ts";
import { ACCOUNT_COLUMNS, accountFromRow } from "./account-rows.ts";
import type { Submission } from "./fold.ts";
import { loadSpendLimits } from "./load-spend-limits.ts";
import { sessionColumns, sessionFromRow } from "./session-rows.ts";
import { joinedTransaction, transactionColumns, transactionFromRow } from "./transaction-rows.ts";
import { emptyWorkingSet, type Names, namedBy, type WorkingSet, within } from "./working-set.ts";

/** What is loaded for: a command's own words say what it names. */
export type Wanted = Pick<Submission, "organizationId" | "command" | "idempotency">;

type Named = Wanted & { readonly names: Names };

export type Loaded = {
  readonly set: WorkingSet;
  /** Epoch ms, the database's time. */
  readonly now: number;
  /** Number of the newest price version. */
  readonly newestPrices: number;
  /** Organizations whose events are looked up even where they are trusted. */
  readonly withFreeEvents: ReadonlySet<string>;
};

export type LoadSettings = {
  /** Takes charges for new events without a look at the ids of earlier ones. */
  readonly trustsEvents: boolean;
  /** Another time than the database's. */
  readonly clock?: (databaseNow: number) => number;
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
// An event that was charged is on its transaction, one that cost nothing among the natural ids. These may be none for long:
// the limit keeps a plan from that time from going through all of them later.
const EVENTS = `select v.org_id, v.id, coalesce(t.event_fingerprint, n.fingerprint) as fingerprint, ${transactionColumns("t", "t_")}
  from unnest($1::text[], $2::text[]) as v (org_id, id)
  left join transaction t on t.org_id = v.org_id and t.event_id = v.id
  left join lateral (select id, fingerprint from natural_id
    where org_id = v.org_id and namespace = 'event' and id = v.id limit 1) n on true
  where t.seq is not null or n.id is not null`;
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

/** Begins a transaction, locks the accounts of a batch and loads what its commands name, in one network sync, or more
 *  where spend limits count or an organization has free events. */
export async function load(
  session: WireSession,
  wanted: readonly Wanted[],
  { trustsEvents, clock = (databaseNow) => databaseNow }: LoadSettings,
): Promise<Loaded> {
  const set = emptyWorkingSet();
  const time = { now: 0, newestPrices: 0 };
  const isTrusted = ({ command }: Wanted) => trustsEvents && command.kind === "charge";
  const named = wanted.map(
    (item): Named => ({ ...item, names: isTrusted(item) ? NOTHING : namedBy(item.command) }),
  );
  const begin = { statement: BEGIN, take: () => {} };
  await loadAll(session, [begin, loadAccounts(wanted, set), loadTime(time), ...loadsOf(named, set)]);
  // The id of a charge would not collide with that of an event that cost nothing.
  const withFreeEvents = new Set(
    [...set.accounts.values()].filter((one) => one.hasFreeEvents).map((one) => one.organizationId),
  );
  const doubted = wanted.filter((item) => isTrusted(item) && withFreeEvents.has(item.organizationId));
  await loadAll(session, [loadEvents(doubted.map(withNames), set)]);
  const now = clock(time.now);
  await loadSpendLimits(session, wanted, set, now);
  return { set, now, newestPrices: time.newestPrices, withFreeEvents };
}

const NOTHING: Names = {};
const withNames = (item: Wanted): Named => ({ ...item, names: namedBy(item.command) });

const BEGIN: WireStatement = { name: "begin", text: "begin", values: [] };

/** A statement of the batch and what to do with each of its rows. Null where no command needs it. */
type Load = {
  readonly statement: WireStatement;
  readonly take: (row: StatementResult["rows"][number]) => void;
};

function loadsOf(named: readonly Named[], set: WorkingSet): (Load | null)[] {
  const parts = [
    ...[loadSessions, loadNaturals, loadEvents, loadRefundables],
    ...[loadPurchases, loadOnFinalGrant, loadAnswers],
  ];
  return parts.map((part) => part(named, set));
}

async function loadAll(session: WireSession, parts: readonly (Load | null)[]): Promise<void> {
  const loads = parts.filter((part) => part !== null);
  if (loads.length === 0) return;
  const results = await session.exchange(loads.map(({ statement }) => statement));
  for (const [index, { rows }] of results.entries()) for (const row of rows) loads[index]?.take(row);
}

function loadAccounts(wanted: readonly Wanted[], set: WorkingSet): Load {
  const organizations = [...new Set(wanted.map((item) => item.organizationId))];
  return {
    statement: { name: "lock_accounts", text: LOCK_ACCOUNTS, values: [texts(organizations)] },
    take: (row) => void set.accounts.set(row.org_id, accountFromRow(row)),
  };
}

function loadTime(time: { now: number; newestPrices: number }): Load {
  return {
    statement: { name: "now", text: NOW, values: [] },
    take: (row) => {
      time.now = Number(row.now);
      time.newestPrices = row.price_version;
    },
  };
}

function loadSessions(wanted: readonly Named[], set: WorkingSet): Load | null {
  const keys = distinct(wanted, ({ names: { sessionId } }) => (sessionId === undefined ? null : [sessionId]));
  return loadByKeys("load_sessions", SESSIONS, keys, ["text", "text"], (row) => {
    const key = within(row.org_id, row.id);
    set.sessions.set(key, sessionFromRow(row));
    const transaction = joinedTransaction(row);
    if (transaction !== null) set.sessionTransactions.set(key, transaction);
  });
}

function loadNaturals(wanted: readonly Named[], set: WorkingSet): Load | null {
  const keys = distinct(wanted, ({ names: { natural } }) =>
    natural === undefined || natural.namespace === "event" ? null : [natural.namespace, natural.id],
  );
  return loadByKeys("load_natural_ids", NATURAL_IDS, keys, ["text", "text", "text"], (row) => {
    const { namespace, id, fingerprint } = row;
    set.naturals.set(within(row.org_id, namespace, id), {
      namespace,
      id,
      fingerprint,
      transaction: joinedTransaction(row),
    });
  });
}

function loadEvents(wanted: readonly Named[], set: WorkingSet): Load | null {
  const keys = distinct(wanted, ({ names: { natural } }) =>
    natural?.namespace === "event" ? [natural.id] : null,
  );
  return loadByKeys("load_events", EVENTS, keys, ["text", "text"], (row) => {
    const { id, fingerprint } = row;
    const transaction = joinedTransaction(row);
    set.naturals.set(within(row.org_id, "event", id), { namespace: "event", id, fingerprint, transaction });
  });
}

function loadRefundables(wanted: readonly Named[], set: WorkingSet): Load | null {
  const keys = distinct(wanted, ({ organizationId, names: { refundedTransactionId } }) => {
    const seq = refundedTransactionId && seqOfTransactionId(organizationId, refundedTransactionId);
    return seq ? [String(seq)] : null;
  });
  return loadByKeys("load_refundables", REFUNDABLES, keys, ["text", "bigint"], (row) => {
    const transaction = transactionFromRow(row);
    set.refundables.set(within(row.org_id, String(transaction.seq)), {
      transaction,
      refunded: credits(row.refunded),
    });
  });
}

function loadPurchases(wanted: readonly Named[], set: WorkingSet): Load | null {
  const keys = distinct(wanted, ({ names: { order } }) =>
    order === undefined ? null : [order.storeId, order.orderId],
  );
  return loadByKeys("load_purchases", PURCHASES, keys, ["text", "text", "text"], (row) => {
    const purchase = {
      storeId: row.store_id,
      orderId: row.order_id,
      credits: credits(row.credits),
      totalMinor: row.total_minor,
      refundedCredits: credits(row.refunded_credits),
      transactionSeq: row.transaction_seq,
    };
    set.purchases.set(within(row.org_id, orderKey(purchase)), purchase);
  });
}

function loadOnFinalGrant(wanted: readonly Named[], set: WorkingSet): Load | null {
  for (const { organizationId, command } of wanted)
    if (mayReauthorize(command)) set.onFinalGrant.set(organizationId, new Set());
  const keys = [...set.onFinalGrant.keys()].map((organizationId) => [organizationId]);
  return loadByKeys("load_on_final_grant", ON_FINAL_GRANT, keys, ["text"], (row) => {
    set.onFinalGrant.get(row.org_id)?.add(row.id);
  });
}

function loadAnswers(wanted: readonly Named[], set: WorkingSet): Load | null {
  const keys = distinct(wanted, ({ idempotency }) => (idempotency === undefined ? null : [idempotency.key]));
  return loadByKeys("load_answers", ANSWERS, keys, ["text", "text"], (row) => {
    set.answers.set(within(row.org_id, row.key), {
      fingerprint: row.fingerprint,
      status: row.status,
      body: row.body,
    });
  });
}

/** The distinct keys that the commands name, each led by its organization. */
function distinct(
  wanted: readonly Named[],
  keyOf: (item: Named) => readonly [part: string, second?: string] | null,
): (readonly string[])[] {
  const keys = new Map<string, readonly string[]>();
  for (const item of wanted) {
    const key = keyOf(item);
    if (key === null) continue;
    const [part, second] = key;
    keys.set(
      within(item.organizationId, part, second),
      second === undefined ? [item.organizationId, part] : [item.organizationId, part, second],
    );
  }
  return [...keys.values()];
}

/** A statement that gets the parts of the keys as one array each. */
function loadByKeys(
  name: string,
  text: string,
  keys: readonly (readonly string[])[],
  types: readonly ElementType[],
  take: Load["take"],
): Load | null {
  if (keys.length === 0) return null;
  const values = types.map((type, part) =>
    binaryArray(type, keys, (key) => (type === "bigint" ? BigInt(key[part] ?? 0) : (key[part] ?? ""))),
  );
  return { statement: { name, text, values }, take };
}

function texts(values: readonly string[]): Buffer {
  return binaryArray("text", values, (value) => value);
}
