import type pg from "pg";
import type { SessionStatus } from "../../domain/charging/session.ts";
import { type Credits, credits } from "../../domain/money/credits.ts";
import type { PriceBook } from "../../domain/pricing/price-book.ts";
import type { AppliedRates } from "../../domain/pricing/rate-usage.ts";
import { NO_SESSIONS, type SessionTotals, withSession } from "../../domain/verification/account-check.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import {
  type PostedUsage,
  type RatedSession,
  sessionProblems,
} from "../../domain/verification/session-check.ts";
import type { SessionRow } from "../posting/session-rows.ts";
import type { ExaminedHistory } from "./examine-transactions.ts";
import { type RatedBy, ratesOf, remember } from "./session-rates.ts";
import { streamRows, type TextRow } from "./stream-rows.ts";

// Each session beside what the ledger has of it; a session or its transactions may be missing.
const SESSIONS = `select coalesce(s.org_id, t.org_id), coalesce(s.id, t.session_id), s.architecture, s.session_type, s.key_mode, s.llm_model, s.stt_provider,
    s.tts_provider, s.realtime_model, s.price_version, s.override_version, s.status, s.duration_ms, s.messages, s.units,
    s.grant_limit, s.cost, s.charged, s.uncollected, s.held, s.transaction_seq, t.amount, t.last_seq
  from (select * from session where org_id = $1) as s
  full join (select org_id, session_id, sum(amount) as amount, max(seq) as last_seq from transaction
    where org_id = $1 and session_id is not null group by org_id, session_id) as t
  on t.org_id = s.org_id and t.session_id = s.id`;

/** Checks every session of an organization. @returns what they come to, or null where one of them is itself broken or
 *  missing. */
export async function examineSessions(
  client: pg.ClientBase,
  organizationId: string,
  {
    prices,
    history,
    onProblem,
  }: { readonly prices: PriceBook; readonly history: ExaminedHistory; readonly onProblem: OnProblem },
): Promise<SessionTotals | null> {
  let totals: SessionTotals | null = NO_SESSIONS;
  const known = new Map<string, AppliedRates | null>();
  await streamRows(client, { text: SESSIONS, values: [organizationId] }, (row) => {
    const sessionId = row[1] ?? "";
    const name = { organizationId, table: "session", key: sessionId } as const;
    if (row[11] === null) {
      totals = null;
      if (history.check.isSessionBroken(sessionId)) return;
      return onProblem({ ...name, problem: "is missing, though it has transactions" });
    }
    const session = sessionFromTexts(row);
    const rates = remember(() => ratesOf(prices, ratedBy(row)), known, JSON.stringify(row.slice(2, 11)));
    const problems = sessionProblems(session, rates, postedOf(row, session, sessionId, history));
    if (problems.length > 0) onProblem({ ...name, problem: problems.join("; ") });
    totals = totals === null || problems.length > 0 ? null : withSession(totals, session);
  });
  return totals;
}

/** What the ledger has of a session; null where the ledger is broken there, which is named already. */
function postedOf(
  row: TextRow,
  session: RatedSession,
  sessionId: string,
  { check }: ExaminedHistory,
): PostedUsage | null {
  const { transactionSeq } = session;
  if (check.isSessionBroken(sessionId)) return null;
  if (transactionSeq !== null && check.isBroken(transactionSeq)) return null;
  const lastSeq = row[22] ?? null;
  return { amount: amountIn(row[21]), lastSeq: lastSeq === null ? null : BigInt(lastSeq) };
}

function sessionFromTexts(row: TextRow): RatedSession {
  const transactionSeq = row[20] ?? null;
  return {
    status: row[11] as SessionStatus,
    usage: { durationMs: amountIn(row[12]), messages: amountIn(row[13]), units: amountIn(row[14]) },
    grant: { limit: amountIn(row[15]), size: 0n, final: false },
    cost: amountIn(row[16]),
    charged: amountIn(row[17]),
    uncollected: amountIn(row[18]),
    held: amountIn(row[19]),
    transactionSeq: transactionSeq === null ? null : BigInt(transactionSeq),
  };
}

function ratedBy(row: TextRow): RatedBy {
  return {
    organizationId: row[0] ?? "",
    architecture: row[2] as SessionRow["architecture"],
    sessionType: row[3] as SessionRow["session_type"],
    keyMode: row[4] as SessionRow["key_mode"],
    llmModel: row[5] ?? null,
    sttProvider: row[6] ?? null,
    ttsProvider: row[7] ?? null,
    realtimeModel: row[8] ?? null,
    priceVersion: Number(row[9]),
    overrideVersion: row[10] == null ? null : Number(row[10]),
  };
}

function amountIn(text: string | null | undefined): Credits {
  return credits(BigInt(text ?? 0));
}
