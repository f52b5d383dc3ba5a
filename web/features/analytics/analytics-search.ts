export const PERIODS = [7, 30, 90] as const;

export interface AnalyticsSearch {
  /** Length of the period, today included; 30 when absent. */
  days?: (typeof PERIODS)[number] | undefined;
}

/** Reads the URL of Analytics; what is not valid counts as absent. */
export function parseAnalyticsSearch(search: Record<string, unknown>): AnalyticsSearch {
  return { days: PERIODS.find((days) => days === Number(search.days)) };
}
