import type pg from "pg";
import { orderKey } from "../../domain/charging/credit.ts";
import {
  type CounterAccount,
  classOf,
  seqOfTransactionId,
  type TransactionKind,
  type TransactionType,
  transactionId,
} from "../../domain/ledger/transaction.ts";
import {
  type BinaryRow,
  hexIn,
  instantIn,
  integerIn,
  isNull,
  keyOf,
  lengthOf,
  startOf,
  textIn,
} from "./binary-row.ts";
import { type ChainBytes, createChainBytes } from "./chain-bytes.ts";
import { copyRows } from "./copy-rows.ts";
import type { Screening, ScreeningOf } from "./screening.ts";
import { type Fact, takeFact } from "./tally.ts";

/** Screens the ledger of one organization after the other, each in the order of seq.
 *  @param inRange the condition on org_id. */
export async function screenTransactions(
  client: pg.ClientBase,
  inRange: string,
  screeningOf: ScreeningOf,
  onProgress: (transactions: number) => void,
): Promise<void> {
  const chain = createChainBytes();
  const classes = createClassReader();
  let untold = 0;
  const query = `select ${COLUMNS.join(", ")} from transaction where ${inRange} order by org_id, seq`;
  await copyRows(client, query, (row) => {
    const screening = screeningOf(row, ORG_ID);
    screening.transactions += 1;
    if (screening.isRight) screening.isRight = takeNext(screening, row, classes(row), chain);
    untold += 1;
    if (untold < PROGRESS_ROWS) return;
    onProgress(untold);
    untold = 0;
  });
  onProgress(untold);
}

const PROGRESS_ROWS = 50_000;

// The four that say what kind of entry it is lie side by side: their bytes are one key.
const COLUMNS = [
  "org_id",
  "type",
  "kind",
  "counter_account",
  "seq",
  "type_seq",
  "amount",
  "balance_before",
  "balance_after",
  "description",
  "session_id",
  "metadata",
  "actor",
  "sealed_ip",
  "occurred_at",
  "recorded_at",
  "hash",
  "event_id",
] as const;
const field = (name: (typeof COLUMNS)[number]) => COLUMNS.indexOf(name);
const [ORG_ID, TYPE, KIND, COUNTER_ACCOUNT] = [
  field("org_id"),
  field("type"),
  field("kind"),
  field("counter_account"),
];
const [SEQ, TYPE_SEQ, AMOUNT] = [field("seq"), field("type_seq"), field("amount")];
const [BALANCE_BEFORE, BALANCE_AFTER] = [field("balance_before"), field("balance_after")];
const [DESCRIPTION, SESSION_ID, METADATA] = [field("description"), field("session_id"), field("metadata")];
const [ACTOR, SEALED_IP] = [field("actor"), field("sealed_ip")];
const [OCCURRED_AT, RECORDED_AT, HASH] = [field("occurred_at"), field("recorded_at"), field("hash")];
const EVENT_ID = field("event_id");

/** Whether a row follows the ones before it in every respect; if so, the screening moves on to it. */
function takeNext(
  screening: Screening,
  row: BinaryRow,
  entry: EntryClass | null,
  chain: ChainBytes,
): boolean {
  if (entry === null) return false;
  const { type } = entry;
  const seq = integerIn(row, SEQ);
  const typeSeq = integerIn(row, TYPE_SEQ);
  const amount = integerIn(row, AMOUNT);
  const balance = integerIn(row, BALANCE_AFTER);
  const recordedAt = instantIn(row, RECORDED_AT) ?? Number.NaN;
  const follows =
    seq === screening.seq + 1 &&
    typeSeq === screening.typeSeq[type] + 1 &&
    integerIn(row, BALANCE_BEFORE) === screening.balance &&
    balance === screening.balance + amount &&
    recordedAt >= screening.recordedAt;
  if (!follows) return false;
  const hash = hashOf(chain, screening, row, { seq, typeSeq, amount, balance, recordedAt });
  if (hash !== hexIn(row, HASH)) return false;
  screening.seq = seq;
  screening.typeSeq[type] = typeSeq;
  screening.balance = balance;
  screening.recordedAt = recordedAt;
  screening.headHash = hash;
  screening.counterAccounts[entry.counterAccount] -= amount;
  if (type === "topup") screening.totalTopups += amount;
  if (type === "consumption") screening.totalUsage -= amount;
  return noteReferences(screening, row, entry, { seq, amount });
}

type Numbers = { seq: number; typeSeq: number; amount: number; balance: number; recordedAt: number };

/** The same bytes as chainHash puts together, as long as the stored JSON is in its canonical form, which is how it is
 *  written; a row where it is not is left to be examined. */
function hashOf(chain: ChainBytes, screening: Screening, row: BinaryRow, numbers: Numbers): string {
  chain.begin(screening.headHash);
  chain.putField(row, ORG_ID);
  chain.putInteger(numbers.seq);
  chain.putInteger(numbers.typeSeq);
  chain.putText(transactionId(screening.organizationId, BigInt(numbers.seq)));
  chain.putField(row, TYPE);
  chain.putField(row, KIND);
  chain.putField(row, COUNTER_ACCOUNT);
  chain.putInteger(numbers.amount);
  chain.putInteger(screening.balance);
  chain.putInteger(numbers.balance);
  chain.putField(row, DESCRIPTION);
  chain.putField(row, SESSION_ID);
  chain.putField(row, METADATA);
  chain.putField(row, ACTOR);
  chain.putField(row, SEALED_IP);
  const occurredAt = instantIn(row, OCCURRED_AT);
  if (occurredAt === null) chain.putNull();
  else chain.putInteger(occurredAt);
  chain.putInteger(numbers.recordedAt);
  return chain.digest();
}

type EntryClass = {
  readonly kind: TransactionKind;
  readonly type: TransactionType;
  readonly counterAccount: CounterAccount;
};

/** Type and counter account of a row, where they are those of its kind; null where they are not. */
function createClassReader(): (row: BinaryRow) => EntryClass | null {
  const known = new Map<string, EntryClass | null>();
  return (row) => {
    const key = keyOf(row, TYPE, COUNTER_ACCOUNT);
    const found = known.get(key);
    if (found !== undefined) return found;
    // Whatever text is there: classOf knows it or says nothing.
    const kind = textIn(row, KIND) as TransactionKind;
    const proper = classOf(kind) ?? null;
    const fits =
      proper !== null &&
      proper.type === textIn(row, TYPE) &&
      proper.counterAccount === textIn(row, COUNTER_ACCOUNT);
    const entry = fits ? { kind, ...proper } : null;
    // Kinds are few; a table full of others must not fill the memory.
    if (known.size < KINDS_MAX) known.set(key, entry);
    return entry;
  };
}

const KINDS_MAX = 1_000;

/** Notes what the row refers to, for the other tables to be compared with. False where that can't be told. */
function noteReferences(
  screening: Screening,
  row: BinaryRow,
  { kind, type }: EntryClass,
  { seq, amount }: Pick<Numbers, "seq" | "amount">,
): boolean {
  if (isNull(row, SESSION_ID) && type === "consumption") return isNamedInMetadata(row);
  if (!isNull(row, EVENT_ID)) return false;
  if (!isNull(row, SESSION_ID)) {
    noteSession(screening, row, seq, amount);
    return true;
  }
  if (kind === "expiry" || kind === "purchase") return true;
  const metadata = JSON.parse(textIn(row, METADATA));
  if (kind === "purchase_refund") {
    const order = orderKey({ storeId: String(metadata.store_id), orderId: String(metadata.order_id) });
    raise(screening.purchaseRefunded, order, -amount);
    return true;
  }
  if (kind === "usage_refund") {
    const refunded = seqOfTransactionId(screening.organizationId, String(metadata.refunded_transaction_id));
    if (refunded === null) return false;
    raise(screening.usageRefunded, refunded, amount);
  }
  return noteCredit(screening, row, seq);
}

function noteSession(screening: Screening, row: BinaryRow, seq: number, amount: number): void {
  const corrected =
    screening.corrected.size === 0 ? undefined : screening.corrected.get(textIn(row, SESSION_ID));
  if (corrected === undefined) {
    takeFact(screening.sessionTally, sessionFact(row, SESSION_ID, seq, amount));
    return;
  }
  corrected.amount -= amount;
  corrected.lastSeq = seq;
}

/** That a session was charged an amount by a transaction. */
export function sessionFact(row: BinaryRow, idField: number, seq: number, amount: number): Fact {
  return { bytes: row.bytes, start: startOf(row, idField), length: lengthOf(row, idField), seq, amount };
}

/** Whether the event that the row is found by is the one that its metadata names. */
function isNamedInMetadata(row: BinaryRow): boolean {
  const id = namedInMetadata(row, EVENT_MARK);
  if (id === null || id.length !== lengthOf(row, EVENT_ID)) return false;
  const start = startOf(row, EVENT_ID);
  for (let index = 0; index < id.length; index += 1)
    if (row.bytes[start + index] !== row.bytes[id.start + index]) return false;
  return true;
}

/** Takes the credit that the metadata names out of the tally. */
function noteCredit(screening: Screening, row: BinaryRow, seq: number): boolean {
  const id = namedInMetadata(row, CREDIT_MARK);
  if (id === null) return false;
  takeFact(screening.naturalTally, { bytes: row.bytes, ...id, seq, amount: NAMESPACES.credit });
  return true;
}

/** Where the metadata names an id. Looked for in the bytes: parsing would cost more than all the rest. A name in nested
 *  JSON may be found first, or the id may hold an escape: then it is another one and the organization is examined. */
function namedInMetadata(row: BinaryRow, mark: string): { start: number; length: number } | null {
  const { bytes } = row;
  const found = bytes.indexOf(mark, startOf(row, METADATA), "latin1");
  const start = found + mark.length;
  const end = bytes.indexOf(QUOTE, start);
  const isOfRow = found >= 0 && end >= 0 && end <= startOf(row, METADATA) + lengthOf(row, METADATA);
  return isOfRow ? { start, length: end - start } : null;
}

const EVENT_MARK = '"event_id":"';
const CREDIT_MARK = '"credit_id":"';
const QUOTE = 34;

/** What stands for each namespace of natural ids in a tally. */
export const NAMESPACES = { event: 1, credit: 2, order: 3 } as const;

function raise<Key>(sums: Map<Key, bigint>, key: Key, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0n) + BigInt(amount));
}
