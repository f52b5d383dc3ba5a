import type { AuditEntry } from "./audit-ports.ts";

/** Counts reads by who, what, result, address and hour, so that a page that asks every few seconds is a row or two an
 *  hour in the log. The first of an hour is due at once: a crash must not hide that somebody looked, only how often. */
export function createReadCounts(kindsMax = KINDS_MAX): ReadCounts {
  const counted = new Map<string, Counted>();

  function count(entry: AuditEntry): void {
    const hour = hourOf(entry.facts.occurredAt);
    const name = nameOf(entry, hour);
    // Whoever makes up addresses must not fill the memory: from here on they are counted without.
    const known =
      counted.get(name) ?? (counted.size < kindsMax ? undefined : counted.get(nameOf(crowdOf(entry), hour)));
    if (known !== undefined) {
      join(known, entry);
    } else {
      const first = counted.size < kindsMax ? entry : crowdOf(entry);
      counted.set(nameOf(first, hour), { hour, waiting: first, wasWritten: false });
    }
  }

  return {
    count,
    putBack(entries) {
      for (const entry of entries) {
        count(entry);
        const kind = counted.get(nameOf(entry, hourOf(entry.facts.occurredAt)));
        if (kind !== undefined) kind.wasWritten = false;
      }
    },
    take(due, now) {
      const taken: AuditEntry[] = [];
      for (const [name, kind] of counted) {
        const isOver = kind.hour < hourOf(now);
        if (kind.waiting !== null && (due === "all" || isOver || !kind.wasWritten)) {
          taken.push(kind.waiting);
          kind.waiting = null;
          kind.wasWritten = true;
        }
        if (isOver) counted.delete(name);
      }
      return taken;
    },
  };
}

export type ReadCounts = {
  count(entry: AuditEntry): void;
  /** What is to be written now, and is forgotten here. @param now epoch ms. */
  take(due: "due" | "all", now: number): AuditEntry[];
  /** What was taken and could not be written: it is due again. */
  putBack(entries: readonly AuditEntry[]): void;
};

type Counted = { readonly hour: number; waiting: AuditEntry | null; wasWritten: boolean };

const HOUR_MS = 3_600_000;
const KINDS_MAX = 20_000;

function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS);
}

function nameOf({ organizationId, facts, details }: AuditEntry, hour: number): string {
  const { actor, action, result } = facts;
  return JSON.stringify([organizationId, actor.type, actor.id, action, result, details.ip, hour]);
}

/** The same without what an attacker chooses freely. */
function crowdOf(entry: AuditEntry): AuditEntry {
  return { ...entry, details: { ...entry.details, ip: null, userAgent: null } };
}

function join(kind: Counted, entry: AuditEntry): void {
  const { waiting } = kind;
  if (waiting === null) {
    kind.waiting = entry;
    return;
  }
  const operations: Record<string, number> = { ...waiting.details.operations };
  for (const [operation, times] of Object.entries(entry.details.operations ?? {}))
    operations[operation] = (operations[operation] ?? 0) + times;
  kind.waiting = {
    ...waiting,
    facts: {
      ...waiting.facts,
      count: waiting.facts.count + entry.facts.count,
      occurredAt: Math.min(waiting.facts.occurredAt, entry.facts.occurredAt),
      lastAt: Math.max(waiting.facts.lastAt, entry.facts.lastAt),
    },
    details: { ...waiting.details, operations },
  };
}
