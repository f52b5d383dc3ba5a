import { assertNever } from "../assert.ts";
import type { Json } from "../ledger/canonical-json.ts";
import type { TransactionKind } from "../ledger/transaction.ts";
import type { Architecture } from "../pricing/price-book.ts";
import type { AppliedRates, Usage } from "../pricing/rate-usage.ts";
import type { SessionSubject } from "./session.ts";

/** How usage reads in the ledger. Source: brief.md, Transactions. */

export function kindOfSession(architecture: Architecture): TransactionKind {
  switch (architecture) {
    case "pipeline":
    case "realtime":
      return "voice";
    case "text":
      return "chat";
    case "api":
      return "api";
    default:
      return assertNever(architecture);
  }
}

/** A realtime agent's finished minutes, reported outside a session, are a service's consumption. */
export function kindOfEvent(architecture: Architecture): TransactionKind {
  return architecture === "realtime" ? "service" : kindOfSession(architecture);
}

/** For example "Service consumption - Realtime agent - 10 min". */
export function describeEvent(subject: SessionSubject, usage: Usage, unitName: string): string {
  return subject.architecture === "realtime"
    ? `Service consumption - ${subject.agentName ?? subject.agentId} - ${minutes(usage.durationMs)} min`
    : describeUsage(subject, usage, unitName);
}

/** For example "Voice call session - agent_abc123 - 3.5 min". */
export function describeUsage(subject: SessionSubject, usage: Usage, unitName: string): string {
  switch (subject.architecture) {
    case "pipeline":
    case "realtime":
      return `Voice call session - ${subject.agentId} - ${minutes(usage.durationMs)} min`;
    case "text":
      return `Chat session - ${subject.agentId} - ${counted(usage.messages, "message")}`;
    case "api":
      return `API usage - ${subject.agentName ?? subject.agentId} - ${counted(usage.units, unitName)}`;
    default:
      return assertNever(subject.architecture);
  }
}

/** The word for one unit of an API's usage, "contact" for example. Free usage has no rate that would name it. */
export function unitNameOf(applied: AppliedRates): string {
  return applied.rates[0]?.unitName ?? "unit";
}

/** The facts that a usage transaction carries beside its session. */
export function usageMetadata(subject: SessionSubject, usage: Usage): Record<string, Json> {
  const { architecture } = subject;
  return {
    ...subject.metadata,
    agent_id: subject.agentId,
    ...(subject.agentName === null ? {} : { agent_name: subject.agentName }),
    architecture,
    session_type: subject.sessionType,
    key_mode: subject.keyMode,
    ...(architecture === "pipeline" || architecture === "realtime"
      ? { duration_seconds: Number(usage.durationMs) / 1000 }
      : architecture === "text"
        ? { messages: Number(usage.messages) }
        : { units: Number(usage.units) }),
  };
}

/** Minutes with at most one decimal: 210 s is "3.5", 600 s is "10". */
function minutes(durationMs: bigint): string {
  const tenths = (durationMs + 3_000n) / 6_000n;
  return tenths % 10n === 0n ? String(tenths / 10n) : `${tenths / 10n}.${tenths % 10n}`;
}

function counted(count: bigint, unit: string): string {
  return `${count} ${unit}${count === 1n ? "" : "s"}`;
}
