import { assertNever } from "../assert.ts";
import type { Json } from "../ledger/canonical-json.ts";
import type { TransactionKind } from "../ledger/transaction.ts";
import type { Architecture, PinnedPrices } from "../pricing/price-book.ts";
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

/** The facts that a usage transaction carries beside its session. They are put in the order in which they are hashed and
 *  stored, so that they need no sorting. */
export function usageMetadata(
  subject: SessionSubject,
  usage: Usage,
  { endReason = null, eventId, pinned }: UsageSource = {},
): Record<string, Json> {
  const { architecture } = subject;
  const metadata: Record<string, Json> = { ...subject.metadata, agent_id: subject.agentId };
  if (subject.agentName !== null) metadata.agent_name = subject.agentName;
  metadata.architecture = architecture;
  const isCall = architecture === "pipeline" || architecture === "realtime";
  if (isCall) metadata.duration_seconds = Number(usage.durationMs) / 1000;
  if (endReason !== null) metadata.end_reason = endReason;
  if (eventId !== undefined) metadata.event_id = eventId;
  metadata.key_mode = subject.keyMode;
  if (architecture === "text") metadata.messages = Number(usage.messages);
  if (pinned !== undefined && pinned.overrideVersion !== null)
    metadata.override_version = pinned.overrideVersion;
  if (pinned !== undefined) metadata.price_version = pinned.priceVersion;
  metadata.session_type = subject.sessionType;
  if (architecture === "api") metadata.units = Number(usage.units);
  // An event's end user is on record in its transaction alone, and a name that the caller's metadata happens to use must
  // not pass for it: who counts usage by end user counts it again from the ledger.
  if (eventId !== undefined && (subject.userId !== null || "user_id" in metadata))
    metadata.user_id = subject.userId;
  return metadata;
}

/** How the usage came to be charged: by the end of a session, or by an event, which pins its prices itself. */
type UsageSource = {
  readonly endReason?: string | null;
  readonly eventId?: string;
  readonly pinned?: PinnedPrices;
};

/** Minutes with at most one decimal: 210 s is "3.5", 600 s is "10". */
function minutes(durationMs: bigint): string {
  const tenths = (durationMs + 3_000n) / 6_000n;
  return tenths % 10n === 0n ? String(tenths / 10n) : `${tenths / 10n}.${tenths % 10n}`;
}

function counted(count: bigint, unit: string): string {
  return `${count} ${unit}${count === 1n ? "" : "s"}`;
}
