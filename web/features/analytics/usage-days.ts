import { addCredits } from "../../api/credits.ts";

/** One sum of the usage series: what a group (a component, an agent) cost in one interval. */
export interface UsageRow {
  /** Start of the interval, UTC. */
  from: string;
  group: string;
  name?: string | null;
  amount: number;
  sessions?: number;
  duration_seconds?: number;
  messages?: number;
  units?: number;
}

export interface UsageDay {
  /** The day in UTC, `2026-11-24`. */
  date: string;
  total: number;
  parts: ReadonlyMap<string, number>;
}

export interface UsageGroup {
  group: string;
  name: string;
  amount: number;
  sessions: number;
  durationSeconds: number;
  messages: number;
  units: number;
}

const DAY_MS = 86_400_000;

/** Every day of the period up to today, also those without usage; sums are exact. @param days how many, today included. */
export function usageDays(rows: readonly UsageRow[], days: number, nowMs: number): UsageDay[] {
  const today = Math.floor(nowMs / DAY_MS);
  return Array.from({ length: days }, (_, index) => {
    const date = new Date((today - days + 1 + index) * DAY_MS).toISOString().slice(0, 10);
    const parts = new Map<string, number>();
    for (const row of rows) {
      if (row.from.slice(0, 10) === date)
        parts.set(row.group, addCredits(parts.get(row.group) ?? 0, row.amount));
    }
    return { date, total: [...parts.values()].reduce(addCredits, 0), parts };
  });
}

/** The period's sums by group, the dearest first. */
export function usageGroups(rows: readonly UsageRow[]): UsageGroup[] {
  const groups = new Map<string, UsageGroup>();
  for (const row of rows) {
    const known = groups.get(row.group);
    groups.set(row.group, {
      group: row.group,
      name: row.name ?? known?.name ?? row.group,
      amount: addCredits(known?.amount ?? 0, row.amount),
      sessions: (known?.sessions ?? 0) + (row.sessions ?? 0),
      durationSeconds: (known?.durationSeconds ?? 0) + (row.duration_seconds ?? 0),
      messages: (known?.messages ?? 0) + (row.messages ?? 0),
      units: (known?.units ?? 0) + (row.units ?? 0),
    });
  }
  return [...groups.values()].sort((one, two) => two.amount - one.amount);
}

/** What the last seven full days cost a day, or null without usage in them. Today does not count: it is not over. */
export function dailyAverage(days: readonly UsageDay[]): number | null {
  const full = days.slice(-8, -1);
  const sum = full.reduce((total, day) => addCredits(total, day.total), 0);
  return sum > 0 ? sum / full.length : null;
}

/** Upper end of the chart and its steps, in round numbers: 3 or 4 lines from zero. */
export function chartScale(highest: number): { top: number; step: number } {
  if (highest <= 0) return { top: 1, step: 0.25 };
  const rough = highest / 3;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 4, 5, 10].map((factor) => factor * magnitude).find((size) => size >= rough) ?? 10 * magnitude;
  return { top: step * Math.ceil(highest / step), step };
}
