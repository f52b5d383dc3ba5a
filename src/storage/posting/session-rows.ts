import type { Session, SessionFlag, SessionStatus } from "../../domain/charging/session.ts";
import type { Json } from "../../domain/ledger/canonical-json.ts";
import type { Actor } from "../../domain/ledger/transaction.ts";
import { credits } from "../../domain/money/credits.ts";
import type { Architecture, KeyMode, SessionType } from "../../domain/pricing/price-book.ts";
import { type Column, insertStatement, instant, updateStatements } from "./column-arrays.ts";

/** The session table: fixed columns when it is opened, some that every report moves, and some that move with a grant or an end. */

const keys: readonly Column<Session>[] = [
  { name: "org_id", type: "text", value: (session) => session.organizationId },
  { name: "id", type: "text", value: (session) => session.id },
];

const json = (name: string, value: (session: Session) => unknown): Column<Session> => ({
  name,
  type: "json",
  value: (session) => {
    const content = value(session);
    return content === null ? null : JSON.stringify(content);
  },
});

const fixed: readonly Column<Session>[] = [
  { name: "fingerprint", type: "text", value: (session) => session.fingerprint },
  { name: "agent_id", type: "text", value: (session) => session.agentId },
  { name: "agent_name", type: "text", value: (session) => session.agentName },
  { name: "architecture", type: "text", value: (session) => session.architecture },
  { name: "session_type", type: "text", value: (session) => session.sessionType },
  { name: "key_mode", type: "text", value: (session) => session.keyMode },
  { name: "llm_model", type: "text", value: (session) => session.llmModel },
  { name: "stt_provider", type: "text", value: (session) => session.sttProvider },
  { name: "tts_provider", type: "text", value: (session) => session.ttsProvider },
  { name: "realtime_model", type: "text", value: (session) => session.realtimeModel },
  { name: "user_id", type: "text", value: (session) => session.userId },
  json("metadata", (session) => session.metadata),
  { name: "price_version", type: "integer", value: (session) => session.priceVersion },
  { name: "override_version", type: "integer", value: (session) => session.overrideVersion },
  json("started_by", (session) => session.startedBy),
  instant("started_at", (session) => session.startedAt),
];

/** What a report moves that renews nothing: most of them. */
const reported: readonly Column<Session>[] = [
  instant("last_report_at", (session) => session.lastReportAt),
  { name: "report_seq", type: "bigint", value: (session) => session.reportSeq },
  { name: "duration_ms", type: "bigint", value: (session) => session.usage.durationMs },
  { name: "messages", type: "bigint", value: (session) => session.usage.messages },
  { name: "units", type: "bigint", value: (session) => session.usage.units },
  { name: "cost", type: "bigint", value: (session) => session.cost },
];

const moving: readonly Column<Session>[] = [
  { name: "status", type: "text", value: (session) => session.status },
  instant("ended_at", (session) => session.endedAt),
  { name: "grant_limit", type: "bigint", value: (session) => session.grant.limit },
  { name: "grant_size", type: "bigint", value: (session) => session.grant.size },
  { name: "grant_final", type: "boolean", value: (session) => session.grant.final },
  { name: "charged", type: "bigint", value: (session) => session.charged },
  { name: "uncollected", type: "bigint", value: (session) => session.uncollected },
  { name: "held", type: "bigint", value: (session) => session.held },
  {
    name: "flags",
    type: "text",
    value: (session) => session.flags.join(","),
    // An array of arrays would be flattened by unnest.
    read: (element) => `string_to_array(${element}, ',')`,
  },
  { name: "transaction_seq", type: "bigint", value: (session) => session.transactionSeq },
];

const columns = [...keys, ...fixed, ...reported, ...moving];

export const insertSessions = insertStatement("session", columns);
export const updateSessions = updateStatements("session", keys, { usual: reported, rare: moving });

/** The columns to select from a table called `table`. */
export function sessionColumns(table: string): string {
  return columns.map((column) => `${table}.${column.name}`).join(", ");
}

export type SessionRow = {
  org_id: string;
  id: string;
  fingerprint: string;
  agent_id: string;
  agent_name: string | null;
  architecture: Architecture;
  session_type: SessionType;
  key_mode: KeyMode;
  llm_model: string | null;
  stt_provider: string | null;
  tts_provider: string | null;
  realtime_model: string | null;
  user_id: string | null;
  metadata: Record<string, Json>;
  price_version: number;
  override_version: number | null;
  started_by: Actor | null;
  started_at: Date;
  status: SessionStatus;
  last_report_at: Date;
  ended_at: Date | null;
  report_seq: bigint;
  duration_ms: bigint;
  messages: bigint;
  units: bigint;
  grant_limit: bigint;
  grant_size: bigint;
  grant_final: boolean;
  cost: bigint;
  charged: bigint;
  uncollected: bigint;
  held: bigint;
  flags: SessionFlag[];
  transaction_seq: bigint | null;
};

export function sessionFromRow(row: SessionRow): Session {
  return {
    organizationId: row.org_id,
    id: row.id,
    fingerprint: row.fingerprint,
    agentId: row.agent_id,
    agentName: row.agent_name,
    architecture: row.architecture,
    sessionType: row.session_type,
    keyMode: row.key_mode,
    llmModel: row.llm_model,
    sttProvider: row.stt_provider,
    ttsProvider: row.tts_provider,
    realtimeModel: row.realtime_model,
    userId: row.user_id,
    metadata: row.metadata,
    priceVersion: row.price_version,
    overrideVersion: row.override_version,
    startedBy: row.started_by,
    startedAt: row.started_at.getTime(),
    status: row.status,
    lastReportAt: row.last_report_at.getTime(),
    endedAt: row.ended_at?.getTime() ?? null,
    reportSeq: row.report_seq,
    usage: { durationMs: row.duration_ms, messages: row.messages, units: row.units },
    grant: { limit: row.grant_limit, size: row.grant_size, final: row.grant_final },
    cost: credits(row.cost),
    charged: credits(row.charged),
    uncollected: credits(row.uncollected),
    held: credits(row.held),
    flags: row.flags,
    transactionSeq: row.transaction_seq,
  };
}
