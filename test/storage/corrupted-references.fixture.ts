import { transactionId } from "../../src/domain/ledger/transaction.ts";
import type { Corruption } from "./corruptions.fixture.ts";

/** Corruptions of what refers to accounts and transactions. */

const txn = (seq: bigint) => (org: string) => transactionId(org, seq);
const is = (key: string) => () => key;

export const CORRUPTED_REFERENCES: readonly Corruption[] = [
  [
    "a running call's hold",
    "update session set held = held - 1 where org_id = $1 and id = 'running'",
    "session",
    is("running"),
  ],
  [
    "a running call's grant",
    "update session set grant_limit = grant_limit + 100000 where org_id = $1 and id = 'running'",
    "session",
    is("running"),
  ],
  [
    "a settled call's duration",
    "update session set duration_ms = duration_ms * 2 where org_id = $1 and id = 'call'",
    "session",
    is("call"),
  ],
  [
    "a settled call's cost",
    "update session set cost = cost + 1, uncollected = uncollected + 1 where org_id = $1 and id = 'call'",
    "session",
    is("call"),
  ],
  [
    "what a call was charged",
    "update session set charged = charged - 1, uncollected = uncollected + 1 where org_id = $1 and id = 'call'",
    "session",
    is("call"),
  ],
  [
    "the transaction of a call",
    "update session set transaction_seq = 1 where org_id = $1 and id = 'call'",
    "session",
    is("call"),
  ],
  [
    "the model of a call",
    "update session set llm_model = 'gemini-flash' where org_id = $1 and id = 'call'",
    "session",
    is("call"),
  ],
  [
    "the price version of a call",
    "update session set price_version = 99 where org_id = $1 and id = 'call'",
    "session",
    is("call"),
  ],
  [
    "an ended call made to run",
    "update session set status = 'active' where org_id = $1 and id = 'cancelled'",
    "session",
    is("cancelled"),
  ],
  ["a settled call deleted", "delete from session where org_id = $1 and id = 'call'", "session", is("call")],
  [
    "an event's id deleted",
    "update transaction set event_id = null, event_fingerprint = null where org_id = $1 and event_id = 'event'",
    "transaction",
    txn(4n),
  ],
  [
    "a credit's id deleted",
    "delete from natural_id where org_id = $1 and id = 'second'",
    "natural_id",
    is("credit/second"),
  ],
  [
    "an event's id changed, so that the same event would count again",
    "update transaction set event_id = 'event-2' where org_id = $1 and event_id = 'event'",
    "transaction",
    txn(4n),
  ],
  [
    "an event's id given to a call",
    "update transaction set event_id = 'call', event_fingerprint = 'f' where org_id = $1 and session_id = 'call'",
    "transaction",
    txn(2n),
  ],
  [
    "the ids of events that cost nothing deleted",
    "delete from natural_id where org_id = $1 and namespace = 'event'",
    "account",
    (org) => org,
  ],
  [
    "a credit's id turned to another transaction",
    "update natural_id set transaction_seq = 4 where org_id = $1 and id = 'second'",
    "natural_id",
    is("credit/second"),
  ],
  [
    "an order's id changed",
    "update natural_id set id = '1:8' where org_id = $1 and namespace = 'order'",
    "natural_id",
    is("order/1:8"),
  ],
  [
    "an id put in that no transaction was posted for",
    "insert into natural_id select org_id, namespace, 'orphan', fingerprint, 999 from natural_id where org_id = $1 and id = 'second'",
    "natural_id",
    is("credit/orphan"),
  ],
  [
    "a second id put in for a transaction",
    "insert into natural_id select org_id, namespace, 'double', fingerprint, transaction_seq from natural_id where org_id = $1 and id = 'second'",
    "natural_id",
    is("credit/double"),
  ],
  [
    "a session put in that was never charged",
    `insert into session select (jsonb_populate_record(s, '{"id": "forged"}')).* from session s where org_id = $1 and id = 'call'`,
    "session",
    is("forged"),
  ],
  [
    "the totals of two settled calls swapped",
    `update session s set duration_ms = o.duration_ms, cost = o.cost, charged = o.charged, uncollected = o.uncollected
     from session o where s.org_id = $1 and o.org_id = $1 and s.id = 'call' and o.id = 'overrun'`,
    "session",
    is("call"),
  ],
  [
    "what was corrected of a lost call",
    "update session set charged = charged - 1, uncollected = uncollected + 1 where org_id = $1 and id = 'lost'",
    "session",
    is("lost"),
  ],
  [
    "the last transaction of a lost call",
    "update session set transaction_seq = transaction_seq - 1 where org_id = $1 and id = 'lost'",
    "session",
    is("lost"),
  ],
  [
    "a call said to be rated with another organization's prices",
    "update session set override_version = price_version where org_id = $1 and id = 'call'",
    "session",
    is("call"),
  ],
  [
    "more refunded of a call than it was charged",
    "update usage_refund set refunded = 100000 where org_id = $1",
    "usage_refund",
    txn(4n),
  ],
  ["an order deleted", "delete from purchase where org_id = $1", "purchase", is("7")],
  ["news deleted in the middle", "delete from outbox where org_id = $1 and seq in (4, 5)", "outbox", is("4")],
  [
    "the last news deleted",
    "delete from outbox o using account a where o.org_id = $1 and a.org_id = $1 and o.seq = a.news_seq",
    "outbox",
    is("26"),
  ],
  [
    "what was refunded of a call",
    "update usage_refund set refunded = refunded - 1 where org_id = $1",
    "usage_refund",
    txn(4n),
  ],
  ["a refund's total deleted", "delete from usage_refund where org_id = $1", "usage_refund", txn(4n)],
  [
    "what an order credited",
    "update purchase set credits = credits + 1 where org_id = $1",
    "purchase",
    is("1:7"),
  ],
  [
    "what was taken back of an order",
    "update purchase set refunded_credits = refunded_credits - 1 where org_id = $1",
    "purchase",
    is("1:7"),
  ],
];
