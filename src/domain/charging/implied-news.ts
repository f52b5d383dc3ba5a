import type { Transaction } from "../ledger/transaction.ts";
import { ZERO } from "../money/credits.ts";
import type { News } from "./command.ts";

/** News that need not be written down: usage charged in one step, that brought no alert. Most news are of this kind. They
 *  take a number like all others, and their transactions say the rest: between two pieces of news that are written down,
 *  as many numbers are left out as transactions were posted. Source: docs/decisions/0005-speed.md. */
export function isImplied({ type, sessionId, alerts, spendAlerts }: News): boolean {
  return type === "credit_consumed" && sessionId === null && alerts.length === 0 && spendAlerts.length === 0;
}

function implies({ type, sessionId }: Transaction): boolean {
  return type === "consumption" && sessionId === null;
}

/** A place between two pieces of an organization's news. */
export type Place = Pick<News, "seq" | "postedSeq" | "held">;

/** The place after a number, or after the last of the news that were erased where that is later.
 *  @param before the last written piece of news up to the number; @param first the first one after it. */
export function placeAfter(seq: bigint, before: News | null, first: News | null): Place {
  if (before !== null) return { seq, postedSeq: before.postedSeq + (seq - before.seq), held: before.held };
  const start = first === null ? { seq, postedSeq: seq } : placeBefore(first);
  // As many transactions as numbers: nothing but charges came before, from the organization's first day.
  return start.seq === start.postedSeq ? { seq, postedSeq: seq, held: ZERO } : { ...start, held: ZERO };
}

function placeBefore({ seq, postedSeq, transactionSeq }: News): Omit<Place, "held"> {
  return { seq: seq - 1n, postedSeq: transactionSeq === null ? postedSeq : postedSeq - 1n };
}

/** All news after a place, in order: those written down, and between them those that transactions imply.
 *  @param posted the transactions after the place, as of the moment when `written` was read.
 *  @param imply makes an entry of news that were not written down. */
export function weaveNews<Entry extends { readonly news: News }>(
  place: Place,
  written: readonly Entry[],
  posted: readonly Transaction[],
  imply: (news: News, transaction: Transaction) => Entry,
): Entry[] {
  const woven: Entry[] = [];
  let last = place;
  for (const entry of [...written, null]) {
    while (entry === null || last.seq + 1n < entry.news.seq) {
      const transaction = posted[Number(last.postedSeq - place.postedSeq)];
      if (transaction === undefined) return woven;
      const news = impliedBy(transaction, last);
      if (implies(transaction)) woven.push(imply(news, transaction));
      // What told of this one is erased, and so is all before it.
      else woven.length = 0;
      last = news;
    }
    woven.push(entry);
    last = entry.news;
  }
  return woven;
}

/** A hold that moves is news of its own, so between two it stays. */
function impliedBy({ seq, balanceAfter }: Transaction, last: Place): News {
  return {
    seq: last.seq + 1n,
    type: "credit_consumed",
    transactionSeq: seq,
    postedSeq: seq,
    sessionId: null,
    balance: balanceAfter,
    held: last.held,
    alerts: [],
    spendAlerts: [],
  };
}
