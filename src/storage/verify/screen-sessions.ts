import type pg from "pg";
import type { SessionStatus } from "../../domain/charging/session.ts";
import { type Credits, credits } from "../../domain/money/credits.ts";
import { type Exact, roundHalfUp } from "../../domain/money/exact.ts";
import type { Architecture, KeyMode, PriceBook, SessionType } from "../../domain/pricing/price-book.ts";
import { type AppliedRates, exactPerStep, type Measure } from "../../domain/pricing/rate-usage.ts";
import { sessionProblems } from "../../domain/verification/session-check.ts";
import { type BinaryRow, integerIn, isNull, isTrue, keyOf, smallIntegerIn, textIn } from "./binary-row.ts";
import { copyRows } from "./copy-rows.ts";
import { sessionFact } from "./screen-transactions.ts";
import type { Screening, ScreeningOf } from "./screening.ts";
import { type RatedBy, ratesOf, remember } from "./session-rates.ts";
import { addFact } from "./tally.ts";

/** Screens the sessions of a range, in any order: rates each anew with the prices it was opened with, counts them, and
 *  notes what each says of its transaction. To be called before the transactions are screened, which look for it.
 *  @param inRange the condition on org_id. */
export async function screenSessions(
  client: pg.ClientBase,
  inRange: string,
  prices: PriceBook,
  screeningOf: ScreeningOf,
): Promise<void> {
  const known = new Map<string, Rates>();
  await copyRows(client, `select ${COLUMNS.join(", ")} from session where ${inRange}`, (row) => {
    const screening = screeningOf(row, ORG_ID);
    if (!screening.isRight) return;
    // Everyone's prices are the same for all; keyed by organization too, thousands of those would fill what is remembered.
    const key = keyOf(row, isNull(row, OVERRIDE_VERSION) ? ARCHITECTURE : ORG_ID, OVERRIDE_VERSION);
    const rates = remember(() => ratesIn(row, prices), known, key);
    screening.isRight = isRated(row, rates) && noteSession(screening, row);
  });
}

// What decides the rates lies side by side: its bytes are one key.
const COLUMNS = [
  "org_id",
  "architecture",
  "session_type",
  "key_mode",
  "llm_model",
  "stt_provider",
  "tts_provider",
  "realtime_model",
  "price_version",
  "override_version",
  "id",
  "status",
  "duration_ms",
  "messages",
  "units",
  "grant_limit",
  "cost",
  "charged",
  "uncollected",
  "held",
  "transaction_seq",
  "'late_end' = any(flags) as corrected",
] as const;
const [ORG_ID, ARCHITECTURE, OVERRIDE_VERSION, ID, STATUS] = [0, 1, 9, 10, 11];
const USAGE: Readonly<Record<Measure, number>> = { durationMs: 12, messages: 13, units: 14 };
const [GRANT_LIMIT, COST, CHARGED, UNCOLLECTED, HELD, TRANSACTION_SEQ, CORRECTED] = [
  15, 16, 17, 18, 19, 20, 21,
];

type Rates = { readonly applied: AppliedRates; readonly perStep: Exact } | null;

function ratesIn(row: BinaryRow, prices: PriceBook): Rates {
  const text = (field: number) => (isNull(row, field) ? null : textIn(row, field));
  const session: RatedBy = {
    organizationId: textIn(row, ORG_ID),
    // Constraints keep the first to what there is; of the others, unknown ones find no rate.
    architecture: textIn(row, ARCHITECTURE) as Architecture,
    sessionType: textIn(row, 2) as SessionType,
    keyMode: textIn(row, 3) as KeyMode,
    llmModel: text(4),
    sttProvider: text(5),
    ttsProvider: text(6),
    realtimeModel: text(7),
    priceVersion: smallIntegerIn(row, 8) ?? 0,
    overrideVersion: smallIntegerIn(row, OVERRIDE_VERSION),
  };
  const applied = ratesOf(prices, session);
  return applied === null ? null : { applied, perStep: exactPerStep(applied) };
}

/** Whether the row's amounts are what its usage costs. */
function isRated(row: BinaryRow, rates: Rates): boolean {
  if (rates === null) return false;
  const cost = integerIn(row, COST);
  const settled = isStatus(row, "settled");
  if (
    settled &&
    integerIn(row, HELD) === 0 &&
    cost === integerIn(row, CHARGED) + integerIn(row, UNCOLLECTED)
  ) {
    // Every component is charged by the same measure, so the sum of the rates may be multiplied once.
    const usage = BigInt(integerIn(row, USAGE[rates.applied.measure]));
    return roundHalfUp((rates.perStep * usage) as Exact) === BigInt(cost);
  }
  return sessionProblems(ratedSession(row), rates.applied, null).length === 0;
}

function ratedSession(row: BinaryRow): Parameters<typeof sessionProblems>[0] {
  const amount = (field: number): Credits => credits(BigInt(integerIn(row, field)));
  return {
    status: textIn(row, STATUS) as SessionStatus,
    usage: {
      durationMs: amount(USAGE.durationMs),
      messages: amount(USAGE.messages),
      units: amount(USAGE.units),
    },
    grant: { limit: amount(GRANT_LIMIT), size: 0n, final: false },
    cost: amount(COST),
    charged: amount(CHARGED),
    uncollected: amount(UNCOLLECTED),
    held: amount(HELD),
    transactionSeq: null,
  };
}

/** Counts the session and notes its transaction. False where it says that something was charged, and not by which. */
function noteSession(screening: Screening, row: BinaryRow): boolean {
  if (isStatus(row, "settled")) screening.settledSessions += 1;
  else if (isStatus(row, "cancelled")) screening.cancelledSessions += 1;
  else {
    screening.activeSessions += 1;
    screening.held += integerIn(row, HELD);
  }
  const charged = integerIn(row, CHARGED);
  if (isNull(row, TRANSACTION_SEQ)) return charged === 0;
  const transactionSeq = integerIn(row, TRANSACTION_SEQ);
  if (!isTrue(row, CORRECTED)) {
    addFact(screening.sessionTally, sessionFact(row, ID, transactionSeq, -charged));
    return true;
  }
  screening.corrected.set(textIn(row, ID), { amount: -charged, lastSeq: 0, transactionSeq });
  return screening.corrected.size <= CORRECTED_MAX;
}

/** With more, the organization is examined instead: memory stays bounded. */
const CORRECTED_MAX = 10_000;

function isStatus(row: BinaryRow, status: SessionStatus): boolean {
  return textIn(row, STATUS) === status;
}
