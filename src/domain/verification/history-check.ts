import { type Account, GENESIS_HASH } from "../ledger/account.ts";
import {
  type CounterAccount,
  chainHash,
  classOf,
  type Transaction,
  type TransactionType,
  transactionId,
} from "../ledger/transaction.ts";
import { add, type Credits, negate, subtract, ZERO } from "../money/credits.ts";
import type { OnProblem } from "./problem.ts";

/** Checks one organization's history, a transaction at a time in the order of seq, in constant memory. */
export type HistoryCheck = {
  next(transaction: Transaction): void;
  /** Compares what the account says with what the history came to. Call it once, after the last transaction. */
  finish(account: Account | null): void;
  /** Whether the row was found broken or missing: what refers to it need not be named as well. */
  isBroken(seq: bigint): boolean;
  isSessionBroken(sessionId: string): boolean;
  /** False once any row was found broken or missing: sums over the history then say nothing. */
  isWhole(): boolean;
  /** What the history moved from each counter account to this organization's balance. */
  readonly counterAccounts: ReadonlyMap<CounterAccount, Credits>;
};

const TYPES = ["topup", "consumption", "refund", "adjustment", "expiry"] as const;

type Range = { readonly from: bigint; readonly to: bigint };

type State = {
  readonly organizationId: string;
  readonly report: (key: string, problem: string) => void;
  last: Transaction | null;
  lastIsBroken: boolean;
  /** What the next row's chain may start from: the last row's hash as stored and, where that is wrong, as recomputed. */
  heads: readonly string[];
  readonly typeSeq: Record<TransactionType, bigint>;
  /** How many sequence numbers of unknown type the missing and broken rows account for. */
  typeSeqsUnknown: bigint;
  totalTopups: Credits;
  totalUsage: Credits;
  readonly missing: Range[];
  readonly broken: Set<bigint>;
  readonly brokenSessions: Set<string>;
  readonly counterAccounts: Map<CounterAccount, Credits>;
};

/** Names the row that is wrong, and it alone: a row whose hash is right is as it was written, so what does not fit
 *  between it and a broken neighbour is the neighbour's. Source: design.md, Accounts and transactions. */
export function createHistoryCheck(organizationId: string, onProblem: OnProblem): HistoryCheck {
  const state: State = {
    organizationId,
    report: (key, problem) => onProblem({ organizationId, table: "transaction", key, problem }),
    last: null,
    lastIsBroken: false,
    heads: [GENESIS_HASH],
    typeSeq: { topup: 0n, consumption: 0n, refund: 0n, adjustment: 0n, expiry: 0n },
    typeSeqsUnknown: 0n,
    totalTopups: ZERO,
    totalUsage: ZERO,
    missing: [],
    broken: new Set(),
    brokenSessions: new Set(),
    counterAccounts: new Map(),
  };
  return {
    next: (transaction) => takeNext(state, transaction),
    finish(account) {
      const say = (problem: string) =>
        onProblem({ organizationId, table: "account", key: organizationId, problem });
      if (account === null) return say("is missing, though other rows belong to it");
      compareEnd(state, account, say);
      compareCounters(state, account, say);
    },
    isBroken: (seq) =>
      state.broken.has(seq) || state.missing.some(({ from, to }) => seq >= from && seq <= to),
    isSessionBroken: (sessionId) => state.brokenSessions.has(sessionId),
    isWhole: () => isWhole(state),
    counterAccounts: state.counterAccounts,
  };
}

function isWhole(state: State): boolean {
  return state.missing.length === 0 && state.broken.size === 0;
}

function takeNext(state: State, transaction: Transaction): void {
  const expectedSeq = (state.last?.seq ?? 0n) + 1n;
  const follows = transaction.seq === expectedSeq;
  if (!follows) reportMissing(state, { from: expectedSeq, to: transaction.seq - 1n });
  const hashes = follows ? state.heads.map((head) => chainHash(head, transaction)) : [transaction.hash];
  const isAuthentic = hashes.includes(transaction.hash);
  const problems = isAuthentic
    ? [...brokenFields(transaction), ...brokenOrder(state, transaction, follows)]
    : ["was changed: its hash does not follow from its fields and the transaction before it"];
  if (problems.length > 0) {
    state.report(transaction.id, problems.join("; "));
    state.broken.add(transaction.seq);
    if (transaction.sessionId !== null) state.brokenSessions.add(transaction.sessionId);
  }
  if (isAuthentic) state.typeSeq[transaction.type] = transaction.typeSeq;
  else state.typeSeqsUnknown += 1n;
  state.heads = isAuthentic ? [transaction.hash] : [transaction.hash, ...hashes];
  state.last = transaction;
  state.lastIsBroken = problems.length > 0;
  count(state, transaction);
}

function reportMissing(state: State, missing: Range): void {
  const { organizationId } = state;
  state.report(
    transactionId(organizationId, missing.from),
    missing.from === missing.to
      ? `is missing (seq ${missing.from})`
      : `is missing, and so are all up to ${transactionId(organizationId, missing.to)} (seq ${missing.from} to ${missing.to})`,
  );
  state.missing.push(missing);
  state.typeSeqsUnknown += missing.to - missing.from + 1n;
}

/** What a row contradicts in itself. */
function brokenFields(transaction: Transaction): string[] {
  const { type, counterAccount } = classOf(transaction.kind) ?? {};
  const problems: string[] = [];
  if (type !== transaction.type) problems.push(`type ${transaction.type} is not that of ${transaction.kind}`);
  if (counterAccount !== transaction.counterAccount)
    problems.push(`counter account ${transaction.counterAccount} is not that of ${transaction.kind}`);
  if (add(transaction.balanceBefore, transaction.amount) !== transaction.balanceAfter)
    problems.push("balance_after is not balance_before + amount");
  return problems;
}

/** What a row contradicts in the rows before it. */
function brokenOrder(state: State, transaction: Transaction, follows: boolean): string[] {
  const problems: string[] = [];
  const balance = state.last?.balanceAfter ?? ZERO;
  if (follows && !state.lastIsBroken && transaction.balanceBefore !== balance)
    problems.push(`balance_before ${transaction.balanceBefore} is not the balance before it, ${balance}`);
  const before = state.last?.recordedAt ?? transaction.recordedAt;
  if (!state.lastIsBroken && transaction.recordedAt < before)
    problems.push("was recorded at a time before that of the transaction before it");
  const skipped = transaction.typeSeq - state.typeSeq[transaction.type] - 1n;
  if (skipped >= 0n && skipped <= state.typeSeqsUnknown) state.typeSeqsUnknown -= skipped;
  else problems.push(`type_seq ${transaction.typeSeq} does not follow ${state.typeSeq[transaction.type]}`);
  return problems;
}

function count(state: State, { type, amount, counterAccount }: Transaction): void {
  if (type === "topup") state.totalTopups = add(state.totalTopups, amount);
  if (type === "consumption") state.totalUsage = subtract(state.totalUsage, amount);
  const moved = state.counterAccounts.get(counterAccount) ?? ZERO;
  state.counterAccounts.set(counterAccount, add(moved, negate(amount)));
}

/** Where history and account end: sequence, head of the chain, balance. */
function compareEnd(state: State, account: Account, say: (problem: string) => void): void {
  const lastSeq = state.last?.seq ?? 0n;
  const headFits = state.heads.includes(account.headHash);
  if (account.seq !== lastSeq) {
    // With the right head hash the account has seen this very row, so its counter is what is wrong.
    if (headFits && !state.lastIsBroken)
      say(`seq ${account.seq} is not that of its last transaction, ${lastSeq}`);
    else if (account.seq > lastSeq) reportMissing(state, { from: lastSeq + 1n, to: account.seq });
    else reportForged(state, { from: account.seq + 1n, to: lastSeq });
    return;
  }
  if (!headFits) say("head_hash is not that of its last transaction: one of the two was changed");
  const balance = state.last?.balanceAfter ?? ZERO;
  if (!state.lastIsBroken && account.balance !== balance)
    say(`balance ${account.balance} is not what its transactions come to, ${balance}`);
}

function reportForged(state: State, forged: Range): void {
  state.report(
    transactionId(state.organizationId, forged.from),
    `was not written by its account, whose last transaction is seq ${forged.from - 1n}`,
  );
  state.typeSeqsUnknown += forged.to - forged.from + 1n;
  for (let seq = forged.from; seq <= forged.to; seq += 1n) state.broken.add(seq);
}

/** Counters and totals. While transactions are broken or missing their sum says nothing about the account. */
function compareCounters(state: State, account: Account, say: (problem: string) => void): void {
  for (const type of TYPES) {
    const counted = state.typeSeq[type];
    const stated = account.typeSeq[type];
    const difference = stated > counted ? stated - counted : counted - stated;
    if (difference > state.typeSeqsUnknown)
      say(`${type}_seq ${stated} is not the number counted, ${counted}`);
    else state.typeSeqsUnknown -= difference;
  }
  if (!isWhole(state)) return;
  if (account.totalTopups !== state.totalTopups)
    say(`total_topups ${account.totalTopups} is not the sum of its top-ups, ${state.totalTopups}`);
  if (account.totalUsage !== state.totalUsage)
    say(`total_usage ${account.totalUsage} is not the sum of its usage, ${state.totalUsage}`);
}
