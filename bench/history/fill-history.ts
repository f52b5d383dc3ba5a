import type pg from "pg";
import { type Account, newAccount } from "../../src/domain/ledger/account.ts";
import { credits } from "../../src/domain/money/credits.ts";
import { insertAccounts } from "../../src/storage/posting/account-rows.ts";

/** Histories made inside PostgreSQL: every constraint of the tables holds, sequences are dense and balances add up, but
 *  the hashes are made up. Good for reading; `verify` has real rows of its own. */

/** Transactions that follow each other again and again: a top-up, then calls that use it up to the last hundredth. */
const CYCLE = 50;
const FIRST_BALANCE = credits(1_000_000n);
const POLICY = { graceLimit: credits(50_000n), lowBalanceThreshold: credits(50_000n) };
const YEAR_SECONDS = 365 * 24 * 3_600;

export type HistorySettings = {
  /** Organizations to make, each with the same number of transactions. */
  readonly organizationIds: readonly string[];
  /** Of each organization. A multiple of the cycle, so that the last balance is known. */
  readonly transactions: number;
};

/** Adds accounts with their transactions. Indexes that grew one row at a time would take most of the time, so they are
 *  made at the end; they are the migration's own, by definition and name. */
export async function fillHistory(pool: pg.Pool, histories: readonly HistorySettings[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("set maintenance_work_mem = '512MB'");
    const definitions = await indexDefinitions(client);
    await client.query("alter table transaction drop constraint transaction_pkey");
    await client.query("drop index transaction_type_seq, transaction_event");
    for (const history of histories) await insertHistory(client, history);
    await client.query("alter table transaction add primary key (org_id, seq)");
    for (const definition of definitions) await client.query(definition);
    await client.query("vacuum analyze transaction");
    await client.query("vacuum analyze account");
  } finally {
    client.release(true); // its settings go away with it
  }
}

/** What the migration says, so that a change there can't be missed here. */
async function indexDefinitions(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ indexdef: string }>(
    `select indexdef from pg_indexes where tablename = 'transaction'
       and indexname in ('transaction_type_seq', 'transaction_event')`,
  );
  return rows.map(({ indexdef }) => indexdef);
}

async function insertHistory(client: pg.PoolClient, history: HistorySettings): Promise<void> {
  const { organizationIds, transactions } = history;
  if (transactions % CYCLE !== 0) throw new Error(`a history has a multiple of ${CYCLE} transactions`);
  const { amounts, before } = cycleOfAmounts();
  await client.query(INSERT_TRANSACTIONS, [
    organizationIds,
    transactions,
    amounts,
    before,
    YEAR_SECONDS / transactions,
  ]);
  const accounts = organizationIds.map((organizationId) => accountOf(organizationId, transactions, amounts));
  await client.query(insertAccounts.text, insertAccounts.values(accounts));
}

/** The account as its transactions leave it. */
function accountOf(organizationId: string, transactions: number, amounts: readonly bigint[]): Account {
  const topups = BigInt(transactions / CYCLE);
  const fresh = newAccount(organizationId, POLICY, Date.now());
  // A cycle's top-up is what its calls use up.
  const total = credits(topups * (amounts[0] ?? 0n));
  return {
    ...fresh,
    balance: FIRST_BALANCE,
    seq: BigInt(transactions),
    typeSeq: { ...fresh.typeSeq, topup: topups, consumption: BigInt(transactions) - topups },
    totalTopups: total,
    totalUsage: total,
  };
}

/** Amounts of one cycle, which sum to nothing, and the balance before each. */
function cycleOfAmounts(): { amounts: bigint[]; before: bigint[] } {
  const calls = Array.from({ length: CYCLE - 1 }, (_, index) => -BigInt(525 + ((index * 7_919) % 9_000)));
  const amounts = [-calls.reduce((sum, amount) => sum + amount, 0n), ...calls];
  const before: bigint[] = [];
  let balance: bigint = FIRST_BALANCE;
  for (const amount of amounts) {
    before.push(balance);
    balance += amount;
  }
  return { amounts, before };
}

// p is the place in the cycle, from 1: a top-up is the first of each.
const INSERT_TRANSACTIONS = `
  insert into transaction (org_id, seq, type, type_seq, kind, counter_account, amount, balance_before, balance_after,
    description, session_id, metadata, actor, sealed_ip, occurred_at, recorded_at, hash, event_id, event_fingerprint)
  select org_id, seq,
    case when p = 1 then 'topup' else 'consumption' end,
    case when p = 1 then cycle + 1 else seq - cycle - 1 end,
    case when p = 1 then 'purchase' else 'voice' end,
    case when p = 1 then 'sales' else 'usage_revenue' end,
    ($3::bigint[])[p], ($4::bigint[])[p], ($4::bigint[])[p] + ($3::bigint[])[p],
    case when p = 1 then 'Credit top-up via Lemon Squeezy - $50.00'
      else 'Voice call session - agent_' || (seq % 20) || ' - 3.5 min' end,
    null,
    (case when p = 1 then '{"payment_method":"lemon_squeezy","variant_id":"1002","order_id":"' || seq || '"}'
      else '{"agent_id":"agent_' || (seq % 20) || '","architecture":"pipeline","session_type":"webcall",' ||
        '"key_mode":"platform_keys","duration_seconds":210,"event_id":"evt_' || seq || '","price_version":1}' end)::json,
    '{"type":"api_key","id":"key_01k9x0000000000000000000000","name":"Voice runtime"}'::json,
    null, null,
    now() - make_interval(secs => $5::float8 * ($2::bigint - seq)),
    sha256(int8send(seq)),
    case when p > 1 then 'evt_' || seq end, case when p > 1 then repeat('0', 64) end
  from unnest($1::text[]) as org_id,
    lateral (select seq, (seq - 1) / ${CYCLE} as cycle, ((seq - 1) % ${CYCLE} + 1)::int as p
      from generate_series(1, $2::bigint) as seq) as numbered`;
