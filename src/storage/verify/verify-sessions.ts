import type pg from "pg";
import type { SessionStatus } from "../../domain/charging/session.ts";
import { type Credits, credits } from "../../domain/money/credits.ts";
import { type PriceBook, pinnedPrices } from "../../domain/pricing/price-book.ts";
import { type AppliedRates, type PricedSubject, ratesFor } from "../../domain/pricing/rate-usage.ts";
import { NO_SESSIONS, type SessionTotals, withSession } from "../../domain/verification/account-check.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import {
  type PostedUsage,
  type RatedSession,
  sessionProblems,
} from "../../domain/verification/session-check.ts";
import type { SessionRow } from "../posting/session-rows.ts";
import type { OrganizationRange } from "./organization-range.ts";
import { streamRows, type TextRow } from "./stream-rows.ts";
import type { VerifiedHistory } from "./verify-transactions.ts";

// Each session beside what the ledger has of it; a session or its transactions may be missing.
const SESSIONS = `select coalesce(s.org_id, t.org_id), coalesce(s.id, t.session_id), s.architecture, s.session_type, s.key_mode, s.llm_model, s.stt_provider,
    s.tts_provider, s.realtime_model, s.price_version, s.override_version, s.status, s.duration_ms, s.messages, s.units,
    s.grant_limit, s.cost, s.charged, s.uncollected, s.held, s.transaction_seq, t.amount, t.last_seq
  from (select * from session where org_id >= $1 and org_id <= $2) as s
  full join (select org_id, session_id, sum(amount) as amount, max(seq) as last_seq from transaction
    where org_id >= $1 and org_id <= $2 and session_id is not null group by org_id, session_id) as t
  on t.org_id = s.org_id and t.session_id = s.id`;

/** Checks every session of a range of organizations. @returns by organization what its sessions come to, or null
 *  where one of them is itself broken or missing. */
export async function verifySessions(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
  deps: {
    readonly prices: PriceBook;
    readonly histories: ReadonlyMap<string, VerifiedHistory>;
    readonly onProblem: OnProblem;
  },
): Promise<Map<string, SessionTotals | null>> {
  const totals = new Map<string, SessionTotals | null>();
  const ratesOf = createRatesOf(deps.prices);
  await streamRows(client, { text: SESSIONS, values: [first, last] }, (row) => {
    const organizationId = row[0] ?? "";
    const sessionId = row[1] ?? "";
    const name = { organizationId, table: "session", key: sessionId } as const;
    const history = deps.histories.get(organizationId);
    if (row[11] === null) {
      totals.set(organizationId, null);
      if (history?.check.isSessionBroken(sessionId)) return;
      return deps.onProblem({ ...name, problem: "is missing, though it has transactions" });
    }
    const session = sessionFromTexts(row);
    const posted = postedOf(row, session, sessionId, history);
    const problems = sessionProblems(session, ratesOf(row), posted);
    if (problems.length > 0) deps.onProblem({ ...name, problem: problems.join("; ") });
    const before = totals.get(organizationId);
    const isBroken = before === null || problems.length > 0;
    totals.set(organizationId, isBroken ? null : withSession(before ?? NO_SESSIONS, session));
  });
  return totals;
}

/** What the ledger has of a session; null where the ledger is broken there, which is named already. */
function postedOf(
  row: TextRow,
  session: RatedSession,
  sessionId: string,
  history: VerifiedHistory | undefined,
): PostedUsage | null {
  const { transactionSeq } = session;
  if (history?.check.isSessionBroken(sessionId)) return null;
  if (transactionSeq !== null && history?.check.isBroken(transactionSeq)) return null;
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

/** The rates of a session's row, remembered for the rows that are priced alike: a few dozen kinds among millions. */
function createRatesOf(prices: PriceBook): (row: TextRow) => AppliedRates | null {
  const known = new Map<string, AppliedRates | null>();
  return (row) => {
    const key = JSON.stringify(row.slice(2, 11));
    const rates = known.get(key);
    if (rates !== undefined) return rates;
    const versions = new Set(prices.versions.map(({ version }) => version));
    const pinned = {
      priceVersion: Number(row[9]),
      overrideVersion: row[10] == null ? null : Number(row[10]),
    };
    const isKnown =
      versions.has(pinned.priceVersion) &&
      (pinned.overrideVersion === null || versions.has(pinned.overrideVersion));
    const found = isKnown ? ratesFor(subjectOf(row), pinnedPrices(prices, pinned)) : null;
    if (known.size >= KINDS_MAX) known.clear();
    known.set(key, found);
    return found;
  };
}

const KINDS_MAX = 10_000;

function subjectOf(row: TextRow): PricedSubject {
  return {
    architecture: row[2] as SessionRow["architecture"],
    sessionType: row[3] as SessionRow["session_type"],
    keyMode: row[4] as SessionRow["key_mode"],
    llmModel: row[5] ?? null,
    sttProvider: row[6] ?? null,
    ttsProvider: row[7] ?? null,
    realtimeModel: row[8] ?? null,
  };
}

function amountIn(text: string | null | undefined): Credits {
  return credits(BigInt(text ?? 0));
}
