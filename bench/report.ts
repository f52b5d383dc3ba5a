import { type Figure, isBarMet } from "./figure.ts";
import type { Machine } from "./machine/machine.ts";
import type { Plan } from "./options.ts";

/** Everything a run has to say. */
export type Report = {
  readonly plan: Plan;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
};

/** The JSON that contract.md fixes, and beside it what was measured where. */
export function reportAsJson({ plan, machine, figures }: Report): string {
  return JSON.stringify(
    {
      plan: plan.name,
      history_rows: plan.historyRows,
      machine,
      figures: figures.map((figure) => ({ ...figure, bar_met: isBarMet(figure) })),
    },
    null,
    2,
  );
}

/** A table for people. */
export function reportAsText({ plan, machine, figures }: Report): string {
  const rows = figures.map((figure) => [
    figure.name,
    number(figure.value),
    figure.unit,
    figure.baseline === null ? "" : number(figure.baseline),
    figure.ratio === null ? "" : `${number(figure.ratio)} x`,
    barText(figure),
  ]);
  const head = ["figure", "value", "unit", "baseline", "ratio", "bar"];
  const baselines = [
    ...new Set(
      figures.flatMap(({ name, baseline_name: baseline }) =>
        baseline === null ? [] : [`${name.replace(/^.*\//, "/")} is beside ${baseline}`],
      ),
    ),
  ];
  const notes = figures.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return [
    planText(plan),
    Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(", "),
    "",
    ...columns([head, ...rows]),
    "",
    ...baselines,
    ...notes,
  ].join("\n");
}

function planText(plan: Plan): string {
  const rows = plan.historyRows.toLocaleString("en");
  switch (plan.name) {
    case "full":
      return `Full run: ${plan.rounds} rounds, history of ${rows} rows.`;
    case "quick":
      return `Quick run: ${plan.rounds} short rounds, and a history of ${rows} rows instead of 10,000,000.`;
    case "smoke":
      return "Smoke run: these figures only show that the bench works.";
  }
}

function barText(figure: Figure): string {
  const { bar } = figure;
  if (bar === undefined) return "";
  const bound = bar.least === undefined ? `<= ${number(bar.most ?? 0)}` : `>= ${number(bar.least)}`;
  return `${bound}${bar.of === "ratio" ? " x" : ""} ${isBarMet(figure) ? "met" : "MISSED"}`;
}

/** Three significant digits, or whole thousands. */
function number(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        // Numbers end at the same place.
        return column === 1 || column === 3 || column === 4 ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
