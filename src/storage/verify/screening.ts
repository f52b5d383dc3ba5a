import { type Account, GENESIS_HASH } from "../../domain/ledger/account.ts";
import type { CounterAccount, TransactionType } from "../../domain/ledger/transaction.ts";
import { type BinaryRow, isBytes, textIn } from "./binary-row.ts";
import { createTally, isEven, type Tally } from "./tally.ts";

/** What screening found out of one organization, in plain numbers: its rows are looked at once, in the fastest way, and as
 *  soon as anything is not plainly right they are left to be examined. */
export type Screening = {
  readonly organizationId: string;
  isRight: boolean;
  transactions: number;
  seq: number;
  balance: number;
  headHash: string;
  /** Epoch ms. */
  recordedAt: number;
  readonly typeSeq: Record<TransactionType, number>;
  totalTopups: number;
  totalUsage: number;
  readonly counterAccounts: Record<CounterAccount, number>;
  held: number;
  activeSessions: number;
  settledSessions: number;
  cancelledSessions: number;
  /** What sessions say of their transactions, against what transactions say of their sessions. */
  readonly sessionTally: Tally;
  /** The same of natural ids. */
  readonly naturalTally: Tally;
  hasFreeEvents: boolean;
  /** Sessions corrected after a loss, which may have two transactions; by id, what is still to be found of each. */
  readonly corrected: Map<string, { amount: number; lastSeq: number; readonly transactionSeq: number }>;
  /** In ten-thousandths, by the seq of the usage transaction that was refunded. */
  readonly usageRefunded: Map<bigint, bigint>;
  /** By orderKey. */
  readonly purchaseRefunded: Map<string, bigint>;
};

export function createScreening(organizationId: string): Screening {
  return {
    organizationId,
    isRight: true,
    transactions: 0,
    seq: 0,
    balance: 0,
    headHash: GENESIS_HASH,
    recordedAt: 0,
    typeSeq: { topup: 0, consumption: 0, refund: 0, adjustment: 0, expiry: 0 },
    totalTopups: 0,
    totalUsage: 0,
    counterAccounts: { sales: 0, promotions: 0, usage_revenue: 0, refunds: 0, adjustments: 0, expired: 0 },
    held: 0,
    activeSessions: 0,
    settledSessions: 0,
    cancelledSessions: 0,
    sessionTally: createTally(),
    naturalTally: createTally(),
    hasFreeEvents: false,
    corrected: new Map(),
    usageRefunded: new Map(),
    purchaseRefunded: new Map(),
  };
}

/** The screening that a row belongs to, by its organization's field; begun when it is first asked for. */
export type ScreeningOf = (row: BinaryRow, field: number) => Screening;

/** @param screenings where those that are begun are kept, by organization. */
export function createScreeningReader(screenings: Map<string, Screening>): ScreeningOf {
  // Rows mostly come an organization after the other: comparing a few bytes costs less than a text and a look-up.
  let latest: { readonly id: Buffer; readonly screening: Screening } | null = null;
  return (row, field) => {
    if (latest !== null && isBytes(row, field, latest.id)) return latest.screening;
    const organizationId = textIn(row, field);
    const screening = screenings.get(organizationId) ?? createScreening(organizationId);
    screenings.set(organizationId, screening);
    latest = { id: Buffer.from(organizationId), screening };
    return screening;
  };
}

/** Whether what was found is what the account says, and every row found its own. Sums beyond 2^53 are never right here:
 *  whoever has so much is examined in exact numbers. */
export function agrees(screening: Screening, account: Account): boolean {
  const { typeSeq } = screening;
  return (
    screening.isRight &&
    account.headHash === screening.headHash &&
    isEven(screening.sessionTally) &&
    isEven(screening.naturalTally) &&
    account.hasFreeEvents === screening.hasFreeEvents &&
    [...screening.corrected.values()].every(
      ({ amount, lastSeq, transactionSeq }) => amount === 0 && lastSeq === transactionSeq,
    ) &&
    account.typeSeq.topup === exact(typeSeq.topup) &&
    account.typeSeq.consumption === exact(typeSeq.consumption) &&
    account.typeSeq.refund === exact(typeSeq.refund) &&
    account.typeSeq.adjustment === exact(typeSeq.adjustment) &&
    account.typeSeq.expiry === exact(typeSeq.expiry) &&
    account.seq === exact(screening.seq) &&
    account.balance === exact(screening.balance) &&
    account.totalTopups === exact(screening.totalTopups) &&
    account.totalUsage === exact(screening.totalUsage) &&
    Object.values(screening.counterAccounts).every(Number.isSafeInteger)
  );
}

function exact(value: number): bigint | null {
  return Number.isSafeInteger(value) ? BigInt(value) : null;
}
