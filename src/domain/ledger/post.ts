import { invariant } from "../assert.ts";
import { add, type Credits, subtract } from "../money/credits.ts";
import type { Account } from "./account.ts";
import { type Json, membersInOrder } from "./canonical-json.ts";
import {
  type Actor,
  chainHash,
  classOf,
  type Origin,
  type Transaction,
  type TransactionKind,
  transactionId,
} from "./transaction.ts";

export type Posting = {
  readonly kind: TransactionKind;
  /** Signed, not 0. */
  readonly amount: Credits;
  readonly description: string;
  readonly sessionId?: string;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly origin: Origin;
  readonly occurredAt?: number | null;
};

/** Appends one transaction to an account: balance, totals, sequences and chain move together, here and nowhere else. */
export function post(
  account: Account,
  posting: Posting,
  now: number,
): { account: Account; transaction: Transaction } {
  invariant(posting.amount !== 0n, "a transaction has an amount");
  const { type, counterAccount } = classOf(posting.kind);
  const seq = account.seq + 1n;
  const typeSeq = account.typeSeq[type] + 1n;
  const balanceAfter = add(account.balance, posting.amount);
  const transaction = {
    organizationId: account.organizationId,
    seq,
    typeSeq,
    id: transactionId(account.organizationId, seq),
    type,
    kind: posting.kind,
    counterAccount,
    amount: posting.amount,
    balanceBefore: account.balance,
    balanceAfter,
    description: posting.description,
    sessionId: posting.sessionId ?? null,
    // Stored as it is hashed: who verifies the chain can then hash the stored text as it is.
    metadata: membersInOrder(posting.metadata),
    actor: actorInOrder(posting.origin.actor),
    sealedIp: posting.origin.sealedIp,
    occurredAt: posting.occurredAt ?? null,
    recordedAt: now,
    hash: "",
  };
  // Filled in last, as it covers the rest: a copy of each entry only for that would be much of a posting's garbage.
  transaction.hash = chainHash(account.headHash, transaction);
  return {
    account: {
      ...account,
      balance: balanceAfter,
      seq,
      typeSeq: { ...account.typeSeq, [type]: typeSeq },
      totalTopups: type === "topup" ? add(account.totalTopups, posting.amount) : account.totalTopups,
      totalUsage: type === "consumption" ? subtract(account.totalUsage, posting.amount) : account.totalUsage,
      headHash: transaction.hash,
      updatedAt: now,
    },
    transaction,
  };
}

function actorInOrder(actor: Actor | null): Actor | null {
  return actor === null ? null : { id: actor.id, name: actor.name, type: actor.type };
}
