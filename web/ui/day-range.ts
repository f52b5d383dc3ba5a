/** Days as a URL carries them: `2026-11-24`. Whose midnight they begin at is said by who uses them. */
export interface DayRange {
  from?: string | undefined;
  /** The last day, included. */
  to?: string | undefined;
}

const DAY_MS = 86_400_000;

/** The days of a URL; what is none, or a range that ends before it begins, counts as absent. */
export function parseDayRange({ from, to }: Record<string, unknown>): DayRange {
  const range = { from: dayIn(from), to: dayIn(to) };
  return range.from && range.to && range.from > range.to ? {} : range;
}

function dayIn(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^2\d{3}-\d{2}-\d{2}$/.test(value)) return undefined;
  const at = Date.parse(`${value}T00:00:00Z`);
  return Number.isNaN(at) || dayOf(at) !== value ? undefined : value;
}

/** The day in UTC at an instant. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** The day on the viewer's calendar at an instant. */
export function localDayOf(epochMs: number): string {
  return dayOf(epochMs - new Date(epochMs).getTimezoneOffset() * 60_000);
}

/** A day some days later, or earlier. */
export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** How many days from one to another, both included. */
export function daysIn(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS) + 1;
}

/** When a range begins and ends in the viewer's zone, as the API takes it; its end is the midnight after. */
export function localInstants({ from, to }: DayRange): { from?: string; to?: string } {
  const midnight = (day: string) => new Date(`${day}T00:00:00`).toISOString();
  return {
    ...(from ? { from: midnight(from) } : {}),
    ...(to ? { to: midnight(addDays(to, 1)) } : {}),
  };
}
