import type { Answer } from "../../api/call.ts";
import { addCredits } from "../../api/credits.ts";
import { addDays, daysIn } from "../../ui/day-range.ts";

/** One sum of the usage series: what a group (a component, an agent) cost in one day. */
export type UsageRow = Answer<"GET /api/billing/usage">["data"][number];

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

/** Every day from one to another, also those without usage; sums are exact. @param keyOf the part that a group is in. */
export function usageDays(
  rows: readonly UsageRow[],
  { from, to }: { from: string; to: string },
  keyOf: (group: string) => string = (group) => group,
): UsageDay[] {
  const parts = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const date = row.from.slice(0, 10);
    const sums = parts.get(date) ?? new Map<string, number>();
    const key = keyOf(row.group);
    parts.set(date, sums.set(key, addCredits(sums.get(key) ?? 0, row.amount)));
  }
  return Array.from({ length: daysIn(from, to) }, (_, index) => {
    const date = addDays(from, index);
    const sums = parts.get(date) ?? new Map<string, number>();
    return { date, total: [...sums.values()].reduce(addCredits, 0), parts: sums };
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
      sessions: (known?.sessions ?? 0) + row.sessions,
      durationSeconds: (known?.durationSeconds ?? 0) + row.duration_seconds,
      messages: (known?.messages ?? 0) + row.messages,
      units: (known?.units ?? 0) + row.units,
    });
  }
  return [...groups.values()].sort((one, two) => two.amount - one.amount);
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
