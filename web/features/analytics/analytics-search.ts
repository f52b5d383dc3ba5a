import { addDays, type DayRange, daysIn, parseDayRange } from "../../ui/day-range.ts";

export const PERIODS = [7, 30, 90] as const;
export const GROUPINGS = ["component", "agent", "architecture"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What of Analytics lives in its URL. Days are UTC, as the API sums them. */
export interface AnalyticsSearch extends DayRange {
  /** Length of the period, today included; 30 when absent. Days given by `from` and `to` come before it. */
  days?: (typeof PERIODS)[number] | undefined;
  /** What the bars are stacked by; component when absent. */
  group?: Exclude<Grouping, "component"> | undefined;
}

const PERIOD_DEFAULT = 30;
/** The API sums no longer period. */
const DAYS_MAX = 400;

/** Reads the URL of Analytics; what is not valid counts as absent. */
export function parseAnalyticsSearch(search: Record<string, unknown>): AnalyticsSearch {
  const { from, to } = parseDayRange(search);
  return {
    days: PERIODS.find((days) => days === Number(search.days) && days !== PERIOD_DEFAULT),
    group: search.group === "agent" || search.group === "architecture" ? search.group : undefined,
    from,
    to,
  };
}

export interface Period {
  from: string;
  to: string;
  /** Days back from today, where that is what was asked for. */
  days: (typeof PERIODS)[number] | null;
}

/** The days that a URL asks for. An open end is today; an open beginning is 30 days before the end. */
export function periodOf({ days, from, to }: AnalyticsSearch, today: string): Period {
  if (from === undefined && to === undefined) {
    const length = days ?? PERIOD_DEFAULT;
    return { from: addDays(today, 1 - length), to: today, days: length };
  }
  const last = to ?? (from !== undefined && from > today ? from : today);
  const first = from ?? addDays(last, 1 - PERIOD_DEFAULT);
  return { from: daysIn(first, last) > DAYS_MAX ? addDays(last, 1 - DAYS_MAX) : first, to: last, days: null };
}
