import { medianRound, type Pair } from "./statistics.ts";

/** One row of the result. Names are fixed in contract.md, Bench; rows beyond those may come and go. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline_name: string | null;
  readonly baseline: number | null;
  /** value / baseline. */
  readonly ratio: number | null;
  readonly bar?: Bar;
  /** What else a reader has to know to judge it. */
  readonly note?: string;
};

/** What design.md asks of a figure: a ratio or a value that is at least, or at most, so much. */
export type Bar = {
  readonly of: "ratio" | "value";
  readonly least?: number;
  readonly most?: number;
};

/** The figure of measured rounds: the round with the median ratio. */
export function figureOf(
  row: Pick<Figure, "name" | "unit"> & {
    readonly baselineName: string;
    readonly rounds: readonly Pair[];
    readonly bar?: Bar;
    readonly note?: string;
  },
): Figure {
  const { value, baseline } = medianRound(row.rounds);
  return {
    name: row.name,
    value,
    unit: row.unit,
    baseline_name: row.baselineName,
    baseline,
    ratio: value / baseline,
    ...(row.bar === undefined ? {} : { bar: row.bar }),
    ...(row.note === undefined ? {} : { note: row.note }),
  };
}

/** A figure that stands for itself. */
export function plainFigure(row: Pick<Figure, "name" | "value" | "unit" | "bar" | "note">): Figure {
  return { ...row, baseline_name: null, baseline: null, ratio: null };
}

export function isBarMet({ bar, ratio, value }: Figure): boolean | null {
  if (bar === undefined) return null;
  const measured = bar.of === "ratio" ? ratio : value;
  if (measured === null) return null;
  return (
    measured >= (bar.least ?? Number.NEGATIVE_INFINITY) && measured <= (bar.most ?? Number.POSITIVE_INFINITY)
  );
}
