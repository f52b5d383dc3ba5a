import { transactionId } from "../../src/domain/ledger/transaction.ts";
import type { Problem } from "../../src/domain/verification/problem.ts";

/** What is done to the rows of an organization ($1), and the rows that must be named, as table and keys. */
export type Corruption = [
  what: string,
  statement: string,
  table: Problem["table"],
  keys: (organizationId: string) => string | readonly string[],
];

const txn = (seq: bigint) => (org: string) => transactionId(org, seq);
const own = (org: string) => org;

export const CORRUPTED_TRANSACTIONS: readonly Corruption[] = [
  [
    "an amount changed",
    "update transaction set amount = amount + 1, balance_after = balance_after + 1 where org_id = $1 and seq = 3",
    "transaction",
    txn(3n),
  ],
  [
    "a description changed",
    "update transaction set description = 'x' where org_id = $1 and seq = 1",
    "transaction",
    txn(1n),
  ],
  [
    "metadata changed",
    `update transaction set metadata = '{"a": 1}' where org_id = $1 and seq = 2`,
    "transaction",
    txn(2n),
  ],
  [
    "an actor put in",
    `update transaction set actor = '{"type":"user","id":"u","name":"n"}' where org_id = $1 and seq = 2`,
    "transaction",
    txn(2n),
  ],
  [
    "a time moved by a millisecond",
    "update transaction set recorded_at = recorded_at + interval '1 ms' where org_id = $1 and seq = 4",
    "transaction",
    txn(4n),
  ],
  [
    "a time moved by less than a millisecond",
    "update transaction set recorded_at = recorded_at + interval '1 us' where org_id = $1 and seq = 4",
    "transaction",
    txn(4n),
  ],
  [
    "two swapped, hashes and all",
    `update transaction t set kind = o.kind, description = o.description, metadata = o.metadata, hash = o.hash
     from transaction o where t.org_id = $1 and o.org_id = $1 and t.seq in (5, 6) and o.seq = 11 - t.seq`,
    "transaction",
    // And the one after, whose predecessor's hash is nowhere to be found.
    (org) => [5n, 6n, 7n].map((seq) => transactionId(org, seq)),
  ],
  [
    "a hash changed",
    "update transaction set hash = sha256(hash) where org_id = $1 and seq = 5",
    "transaction",
    txn(5n),
  ],
  [
    "the last hash changed",
    "update transaction set hash = sha256(hash) where org_id = $1 and seq = (select seq from account where org_id = $1)",
    "transaction",
    txn(15n),
  ],
  [
    "a kind changed",
    "update transaction set kind = 'chat' where org_id = $1 and seq = 2",
    "transaction",
    txn(2n),
  ],
  [
    "a type changed",
    "update transaction set type = 'expiry', type_seq = 1 where org_id = $1 and seq = 2",
    "transaction",
    txn(2n),
  ],
  [
    "a counter account changed",
    "update transaction set counter_account = 'sales' where org_id = $1 and seq = 1",
    "transaction",
    txn(1n),
  ],
  [
    "a transaction moved to another session",
    "update transaction set session_id = 'chat' where org_id = $1 and seq = 2",
    "transaction",
    txn(2n),
  ],
  ["the first deleted", "delete from transaction where org_id = $1 and seq = 1", "transaction", txn(1n)],
  [
    "one in the middle deleted",
    "delete from transaction where org_id = $1 and seq = 4",
    "transaction",
    txn(4n),
  ],
  [
    "the settlement of a call deleted",
    "delete from transaction where org_id = $1 and seq = 2",
    "transaction",
    txn(2n),
  ],
  [
    "several in a row deleted",
    "delete from transaction where org_id = $1 and seq in (5, 6)",
    "transaction",
    txn(5n),
  ],
  [
    "the last deleted",
    "delete from transaction where org_id = $1 and seq = (select seq from account where org_id = $1)",
    "transaction",
    txn(15n),
  ],
  [
    "one forged at the end",
    `insert into transaction select org_id, seq + 1, type, type_seq + 1, kind, counter_account, amount, balance_after,
       balance_after + amount, description, session_id, metadata, actor, sealed_ip, occurred_at, recorded_at, hash
     from transaction where org_id = $1 and seq = (select seq from account where org_id = $1)`,
    "transaction",
    txn(16n),
  ],
];

export const CORRUPTED_ACCOUNTS: readonly Corruption[] = [
  ["the balance", "update account set balance = balance + 1 where org_id = $1", "account", own],
  ["what is held", "update account set held = held + 1 where org_id = $1", "account", own],
  [
    "the grace in force",
    "update account set grace_limit = grace_limit + 1 where org_id = $1",
    "account",
    own,
  ],
  [
    "the number of sessions",
    "update account set active_sessions = active_sessions - 1 where org_id = $1",
    "account",
    own,
  ],
  [
    "the number of settled sessions",
    "update account set settled_sessions = settled_sessions + 1 where org_id = $1",
    "account",
    own,
  ],
  [
    "the number of cancelled sessions",
    "update account set cancelled_sessions = cancelled_sessions - 1 where org_id = $1",
    "account",
    own,
  ],
  [
    "a sequence",
    "update account set seq = seq + 1, topup_seq = topup_seq + 1 where org_id = $1",
    "account",
    own,
  ],
  [
    "the sequences of two types",
    "update account set topup_seq = topup_seq + 1, refund_seq = refund_seq - 1 where org_id = $1",
    "account",
    own,
  ],
  ["the top-ups", "update account set total_topups = total_topups + 1 where org_id = $1", "account", own],
  ["the usage", "update account set total_usage = total_usage - 1 where org_id = $1", "account", own],
  ["the alert state", "update account set alert_state = 'critical' where org_id = $1", "account", own],
  ["the news", "update account set news_seq = news_seq - 1 where org_id = $1", "account", own],
  ["the chain's head", "update account set head_hash = sha256(head_hash) where org_id = $1", "account", own],
  ["the whole row", "delete from account where org_id = $1", "account", own],
];
