import { addCredits } from "../../api/credits.ts";
import { formatCount, formatDollars, formatExact } from "../../ui/format-money.ts";
import { dayName } from "./spend-chart.tsx";
import type { UsageDay, UsageGroup } from "./usage-days.ts";

interface FiguresProps {
  days: readonly UsageDay[];
  architectures: readonly UsageGroup[];
}

/** The period in four numbers. */
export function Figures({ days, architectures }: FiguresProps) {
  const spend = days.map(({ total }) => total).reduce(addCredits, 0);
  const voice = architectures.filter(({ group }) => group === "pipeline" || group === "realtime");
  const minutes = voice.reduce((sum, group) => sum + group.durationSeconds, 0) / 60;
  const calls = voice.reduce((sum, group) => sum + group.sessions, 0);
  const voiceSpend = voice.map(({ amount }) => amount).reduce(addCredits, 0);
  const [first, ...others] = days;
  const highest = others.reduce((best, day) => (best && best.total >= day.total ? best : day), first);
  return (
    <dl className="grid grid-cols-2 gap-4 max-sm:gap-3 lg:grid-cols-4">
      <Figure
        name="Spend"
        value={formatDollars(spend)}
        caption={`${formatDollars(spend / Math.max(1, days.length))} a day`}
      />
      <Figure name="Voice minutes" value={formatCount(minutes)} caption={`${formatCount(calls)} calls`} />
      <Figure
        name="Cost per voice minute"
        value={minutes > 0 ? formatExact(voiceSpend / minutes) : "–"}
        caption={minutes > 0 ? "All agents, all components" : "No calls in this period"}
      />
      <Figure
        name="Highest day"
        value={formatDollars(highest?.total ?? 0)}
        caption={highest && highest.total > 0 ? dayName(highest.date) : "No usage in this period"}
      />
    </dl>
  );
}

function Figure({ name, value, caption }: { name: string; value: string; caption: string }) {
  return (
    <div className="rounded-2xl border border-edge bg-surface px-5 py-4 shadow-panel max-sm:px-4">
      <dt className="text-[13.5px] font-medium text-ink-2">{name}</dt>
      <dd className="figures mt-1 text-[24px] leading-8 font-bold [--figure-tracking:-0.02em]">{value}</dd>
      <dd className="type-caption figures text-ink-3">{caption}</dd>
    </div>
  );
}
