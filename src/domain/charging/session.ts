import type { Json } from "../ledger/canonical-json.ts";
import type { Actor } from "../ledger/transaction.ts";
import { type Credits, ZERO } from "../money/credits.ts";
import type { PinnedPrices } from "../pricing/price-book.ts";
import { NO_USAGE, type PricedSubject, type Usage } from "../pricing/rate-usage.ts";

/** A billing session: one voice call, chat or API job, from authorize to settle. Source: design.md, Charging. */

export type SessionStatus = "active" | "stale" | "settled" | "cancelled";

export type SessionFlag =
  | "lost"
  | "late_end"
  | "duration_exceeds_elapsed"
  | "usage_regressed"
  | "default_rate";

/** What a session is about: fixed when it is opened. */
export type SessionSubject = PricedSubject & {
  readonly agentId: string;
  readonly agentName: string | null;
  readonly userId: string | null;
  readonly metadata: Readonly<Record<string, Json>>;
};

/** What a session may use before it must report again. */
export type GrantState = {
  /** Cumulative total (ms, messages or units) up to which it may run. */
  readonly limit: bigint;
  /** Steps that the last renewal added; a quarter of them left means renew. */
  readonly size: bigint;
  /** No further grant can be given: hang up at the limit. */
  readonly final: boolean;
};

export type Session = SessionSubject &
  PinnedPrices & {
    readonly organizationId: string;
    readonly id: string;
    /** Digest of the opening body: the same id with another body is refused. */
    readonly fingerprint: string;
    readonly status: SessionStatus;
    /** Epoch ms, the database's clock. */
    readonly startedAt: number;
    readonly lastReportAt: number;
    readonly endedAt: number | null;
    /** Sequence of the last report; -1 before the first. */
    readonly reportSeq: bigint;
    readonly usage: Usage;
    readonly grant: GrantState;
    /** Full cost of the usage so far, rounded once. */
    readonly cost: Credits;
    /** What was posted. */
    readonly charged: Credits;
    /** cost - charged once settled: usage that the floor did not allow to post. */
    readonly uncollected: Credits;
    readonly held: Credits;
    readonly flags: readonly SessionFlag[];
    readonly transactionSeq: bigint | null;
    readonly startedBy: Actor | null;
  };

export function isRunning(session: Pick<Session, "status">): boolean {
  return session.status === "active" || session.status === "stale";
}

export function withFlag(flags: readonly SessionFlag[], flag: SessionFlag): readonly SessionFlag[] {
  return flags.includes(flag) ? flags : [...flags, flag];
}

/** A session that was just opened: nothing used, nothing held yet. */
export function newSession(opening: {
  organizationId: string;
  id: string;
  fingerprint: string;
  subject: SessionSubject;
  pinned: PinnedPrices;
  startedBy: Actor | null;
  usedDefaultRate: boolean;
  now: number;
}): Session {
  const { subject, pinned, now } = opening;
  return {
    ...subject,
    ...pinned,
    organizationId: opening.organizationId,
    id: opening.id,
    fingerprint: opening.fingerprint,
    status: "active",
    startedAt: now,
    lastReportAt: now,
    endedAt: null,
    reportSeq: -1n,
    usage: NO_USAGE,
    grant: { limit: 0n, size: 0n, final: false },
    cost: ZERO,
    charged: ZERO,
    uncollected: ZERO,
    held: ZERO,
    flags: opening.usedDefaultRate ? ["default_rate"] : [],
    transactionSeq: null,
    startedBy: opening.startedBy,
  };
}
