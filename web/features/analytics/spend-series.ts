import { SERIES } from "../../ui/series.ts";
import type { Grouping } from "./analytics-search.ts";
import { type UsageDay, type UsageGroup, type UsageRow, usageDays, usageGroups } from "./usage-days.ts";

/** One part of the stacked bars, with its name in the legend. */
export interface Series {
  key: string;
  name: string;
  color: string;
}

export interface SpendSeries {
  series: readonly Series[];
  days: UsageDay[];
}

const ARCHITECTURES = [
  { key: "pipeline", name: "Pipeline", color: "var(--series-base)" },
  { key: "realtime", name: "Realtime", color: "var(--series-model)" },
  { key: "text", name: "Text", color: "var(--series-llm)" },
  { key: "api", name: "API", color: "var(--series-unit)" },
];

/** More parts than these can't be told apart. */
const AGENT_COLORS = [
  ...["var(--series-base)", "var(--series-model)", "var(--series-llm)"],
  ...["var(--series-stt)", "var(--series-tts)"],
];
/** No agent has an id of no characters. */
const OTHERS = "";

/** The period's days, stacked by component, architecture, or the agents that cost most and all others. */
export function spendSeries(
  grouping: Grouping,
  rows: readonly UsageRow[],
  period: { from: string; to: string },
): SpendSeries {
  if (grouping === "component") return { series: SERIES, days: usageDays(rows, period) };
  if (grouping === "architecture") return { series: ARCHITECTURES, days: usageDays(rows, period) };
  const agents = usageGroups(rows);
  const shown = agents
    .slice(0, AGENT_COLORS.length)
    .map(({ group, name }, place) => ({ key: group, name, color: AGENT_COLORS[place] ?? "" }));
  const keys = new Set(shown.map(({ key }) => key));
  const others = agents.length - shown.length;
  const rest = { key: OTHERS, name: `${others} others`, color: "var(--series-unit)" };
  return {
    series: others > 0 ? [...shown, rest] : shown,
    days: usageDays(rows, period, (group) => (keys.has(group) ? group : OTHERS)),
  };
}

/** The period's sums by architecture, by the names that people know. */
export function architectureGroups(rows: readonly UsageRow[]): UsageGroup[] {
  const nameOf = (key: string) => ARCHITECTURES.find((one) => one.key === key)?.name ?? key;
  return usageGroups(rows).map((group) => ({ ...group, name: nameOf(group.group) }));
}

/** The same data as the chart's, as a CSV file. Names are made safe for spreadsheets: none begins a formula. */
export function spendCsv({ series, days }: SpendSeries): string {
  const lines = [
    ["day_utc", ...series.map(({ name }) => textCell(name)), "total"],
    ...days.map(({ date, total, parts }) => [date, ...series.map(({ key }) => parts.get(key) ?? 0), total]),
  ];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
