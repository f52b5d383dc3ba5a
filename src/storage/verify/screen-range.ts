import type pg from "pg";
import type { Account } from "../../domain/ledger/account.ts";
import { credits } from "../../domain/money/credits.ts";
import type { PriceBook } from "../../domain/pricing/price-book.ts";
import { accountProblems } from "../../domain/verification/account-check.ts";
import { type BinaryRow, integerIn, lengthOf, smallIntegerIn, startOf } from "./binary-row.ts";
import { copyRows } from "./copy-rows.ts";
import { screenSessions } from "./screen-sessions.ts";
import { NAMESPACES, screenTransactions } from "./screen-transactions.ts";
import { agrees, createScreeningReader, type Screening, type ScreeningOf } from "./screening.ts";
import { addFact, type Fact, takeFact } from "./tally.ts";

/** Looks at every row of a range once. Never says what is wrong, only of which organizations everything is right.
 *  @param inRange the condition on org_id. */
export async function screenRange(
  client: pg.ClientBase,
  inRange: string,
  prices: PriceBook,
  onProgress: (transactions: number) => void,
): Promise<Map<string, Screening>> {
  const screenings = new Map<string, Screening>();
  const screeningOf = createScreeningReader(screenings);
  await screenSessions(client, inRange, prices, screeningOf);
  await screenNaturalIds(client, inRange, screeningOf);
  await screenTransactions(client, inRange, screeningOf, onProgress);
  return screenings;
}

/** Whether nothing of the organization contradicts its account. */
export function isRight(screening: Screening, account: Account, lastNewsSeq: bigint): boolean {
  const { held, activeSessions, settledSessions, cancelledSessions } = screening;
  if (!agrees(screening, account) || !Number.isSafeInteger(held)) return false;
  const sessions = {
    held: credits(BigInt(held)),
    activeSessions,
    settledSessions: BigInt(settledSessions),
    cancelledSessions: BigInt(cancelledSessions),
  };
  return accountProblems(account, sessions, lastNewsSeq).length === 0;
}

const NATURAL_IDS = `select org_id, id, transaction_seq,
    case namespace when 'event' then ${NAMESPACES.event} when 'credit' then ${NAMESPACES.credit}
      else ${NAMESPACES.order} end
  from natural_id where`;
const ORDERS = "select org_id, store_id || ':' || order_id, transaction_seq from purchase where";

/** Notes what natural ids say of their transactions (an event among them has none); those of orders are looked for among the purchases. */
async function screenNaturalIds(
  client: pg.ClientBase,
  inRange: string,
  screeningOf: ScreeningOf,
): Promise<void> {
  await copyRows(client, `${NATURAL_IDS} ${inRange}`, (row) => {
    const namespace = smallIntegerIn(row, NAMESPACE) ?? 0;
    const screening = screeningOf(row, ORG_ID);
    if (namespace === NAMESPACES.event) screening.hasFreeEvents = true;
    else addFact(screening.naturalTally, naturalFact(row, namespace));
  });
  await copyRows(client, `${ORDERS} ${inRange}`, (row) => {
    takeFact(screeningOf(row, ORG_ID).naturalTally, naturalFact(row, NAMESPACES.order));
  });
}

const [ORG_ID, ID, TRANSACTION_SEQ, NAMESPACE] = [0, 1, 2, 3];

function naturalFact(row: BinaryRow, namespace: number): Fact {
  const seq = integerIn(row, TRANSACTION_SEQ);
  return { bytes: row.bytes, start: startOf(row, ID), length: lengthOf(row, ID), seq, amount: namespace };
}
