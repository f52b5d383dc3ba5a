/** The arithmetic of measuring. */

/** One round's measurement of a figure and, just before or after it, of its baseline. */
export type Pair = { readonly value: number; readonly baseline: number };

/** The round whose ratio is the median of all rounds' ratios, so that value, baseline and ratio belong together. Of an
 *  even number of rounds it is the lower middle one. @param pairs at least one. */
export function medianRound(pairs: readonly Pair[]): Pair {
  const sorted = [...pairs].sort((one, other) => one.value / one.baseline - other.value / other.baseline);
  const middle = sorted[(sorted.length - 1) >> 1];
  if (middle === undefined) throw new Error("no round was measured");
  return middle;
}

/** The lower middle of the values. @param values at least one. */
export function median(values: readonly number[]): number {
  return quantile(Float64Array.from(values).sort(), 0.5);
}

/** The smallest value that a share of all values does not exceed (nearest rank).
 *  @param sorted ascending, at least one. @param share above 0, at most 1. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("no value was measured");
  return value;
}

/** How latencies are spread, ms. */
export type Latencies = {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
};

/** @param latenciesMs at least one, in any order. */
export function summarizeLatencies(latenciesMs: readonly number[]): Latencies {
  const sorted = Float64Array.from(latenciesMs).sort();
  return {
    count: sorted.length,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    p999: quantile(sorted, 0.999),
    max: quantile(sorted, 1),
  };
}
