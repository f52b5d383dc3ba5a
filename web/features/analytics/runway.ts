import { addCredits } from "../../api/credits.ts";
import type { Statement } from "../../api/openapi.ts";
import { addDays } from "../../ui/day-range.ts";
import type { UsageDay } from "./usage-days.ts";

/** How many days of the past the picture shows: never more than two calendar months. */
export const HISTORY_DAYS = 28;

/** The balance at the end of each day, the last one being now. It is told backwards: before a day's usage and top-ups the
 *  balance was what it is now without them. @param usage every day up to today, UTC. */
export function balanceByDay(
  balance: number,
  usage: readonly Pick<UsageDay, "date" | "total">[],
  entries: readonly Pick<Statement["entries"][number], "created_at" | "amount">[],
): number[] {
  const added = new Map<string, number>();
  for (const { created_at, amount } of entries) {
    const date = created_at.slice(0, 10);
    added.set(date, addCredits(added.get(date) ?? 0, amount));
  }
  const points: number[] = [];
  let end = balance;
  for (const { date, total } of usage.toReversed()) {
    points.unshift(end);
    end = addCredits(addCredits(end, total), -(added.get(date) ?? 0));
  }
  return points;
}

/** The months that the picture's past touches. */
export function monthsOfHistory(today: string): string[] {
  return [...new Set([addDays(today, 1 - HISTORY_DAYS), today].map((day) => day.slice(0, 7)))];
}

/** How long the balance lasts in words, whole days rounded down; hours where days would be too coarse. */
export function runwayText(hours: number): { number: string; unit: string } {
  if (hours < 48) {
    const whole = Math.max(0, Math.floor(hours));
    return { number: String(whole), unit: whole === 1 ? "hour left" : "hours left" };
  }
  const days = Math.floor(hours / 24);
  return { number: String(days).replace(/\B(?=(\d{3})+$)/g, ","), unit: "days left" };
}
