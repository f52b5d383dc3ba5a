import { type KeyboardEvent, useState } from "react";
import { classNames } from "../../ui/class-names.ts";
import { formatWholeDollars } from "../../ui/format-money.ts";
import { formatDay } from "../../ui/format-time.ts";
import { Money } from "../../ui/money.tsx";
import { SERIES } from "../../ui/series.ts";
import { chartScale, type UsageDay } from "./usage-days.ts";

/** One stacked bar a day. A day picked by pointer or arrow keys puts its values into the legend; else the legend has the sums. */
export function SpendChart({ days }: { days: UsageDay[] }) {
  const [picked, setPicked] = useState<number | null>(null);
  const day = picked === null ? undefined : days[picked];
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    setPicked((now) => Math.max(0, Math.min(days.length - 1, (now ?? days.length) + step)));
  };
  return (
    <div className="px-5 pb-4 max-md:px-4">
      <Legend days={day ? [day] : days} />
      <p className="type-caption h-4 text-ink-3" aria-live="polite">
        {day && (
          <>
            {dayName(day.date)} · <Money credits={day.total} />
          </>
        )}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a chart is no fieldset */}
      <div
        role="group"
        aria-label="Spend by day. Arrow keys pick a day."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys pick a day
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setPicked(null)}
        onBlur={() => setPicked(null)}
        className="rounded-lg"
      >
        <Bars days={days} picked={picked} onPick={setPicked} />
      </div>
    </div>
  );
}

function Legend({ days }: { days: UsageDay[] }) {
  return (
    <dl className="flex flex-wrap gap-x-7 gap-y-2">
      {SERIES.map(({ key, name, color }) => (
        <div key={key}>
          <dt className="flex items-center gap-1.5 text-[12.5px] text-ink-2">
            <span className="size-2.5 rounded-[3px]" style={{ background: color }} />
            {name}
          </dt>
          <dd className="text-[13.5px] font-semibold">
            <Money credits={days.reduce((sum, day) => sum + (day.parts.get(key) ?? 0), 0)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const HEIGHT_PX = 220;
const GAP_FROM_PX = 3;

function Bars({
  days,
  picked,
  onPick,
}: {
  days: UsageDay[];
  picked: number | null;
  onPick(index: number): void;
}) {
  const { top, step } = chartScale(Math.max(...days.map((day) => day.total)));
  const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  const labelEvery = Math.ceil(days.length / 8);
  return (
    <div className="relative mt-2 pb-6 pl-11">
      {lines.map((line) => (
        <div
          key={line}
          className="absolute inset-x-0 flex h-0 items-center"
          style={{ top: HEIGHT_PX - (line / top) * HEIGHT_PX }}
        >
          <span className="figures w-11 pr-2 text-right text-[11px] text-ink-3">
            {formatWholeDollars(line)}
          </span>
          <span className="absolute right-0 left-11 h-px bg-hair" />
        </div>
      ))}
      <div className="relative flex gap-[3px]" style={{ height: HEIGHT_PX }}>
        {days.map((day, index) => (
          <div
            key={day.date}
            onPointerEnter={() => onPick(index)}
            className={classNames(
              "relative flex flex-1 flex-col-reverse items-center rounded-t",
              picked === index && "bg-selected",
            )}
          >
            <Stack day={day} top={top} today={index === days.length - 1} />
            {(days.length - 1 - index) % labelEvery === 0 && (
              <span className="figures absolute top-full pt-1.5 text-[11px] whitespace-nowrap text-ink-3">
                {index === days.length - 1 ? "Today" : dayName(day.date).split(",")[0]}
              </span>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

/** A day's parts, the largest fixed cost at the bottom; today has a dashed outline, because it is not over. */
function Stack({ day, top, today }: { day: UsageDay; top: number; today: boolean }) {
  const shown = SERIES.filter(({ key }) => (day.parts.get(key) ?? 0) > 0);
  return (
    <div
      className={classNames(
        "flex w-[70%] max-w-7 flex-col-reverse overflow-hidden rounded-t-[3px]",
        today && "outline-1 outline-ink-3 outline-dashed",
      )}
    >
      {shown.map(({ key, color }) => {
        const heightPx = ((day.parts.get(key) ?? 0) / top) * HEIGHT_PX;
        return (
          <span
            key={key}
            className={
              heightPx >= GAP_FROM_PX
                ? "border-t-[1.5px] border-surface bg-clip-padding first:border-t-0"
                : undefined
            }
            style={{ height: heightPx, background: color }}
          />
        );
      })}
    </div>
  );
}

/** The same data as the chart, for reading and copying. */
export function SpendTable({ days }: { days: UsageDay[] }) {
  return (
    <div className="overflow-x-auto border-t border-edge">
      <table className="w-full">
        <thead className="bg-subtle">
          <tr className="border-b border-edge text-right text-[12.5px] text-ink-2">
            <th className="h-[33px] px-5 text-left font-medium">Day (UTC)</th>
            {SERIES.map(({ key, name }) => (
              <th key={key} className="px-3 font-medium">
                {name}
              </th>
            ))}
            <th className="px-5 font-medium">Total</th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((day) => (
            <tr key={day.date} className="border-t border-hair text-right first:border-t-0">
              <th scope="row" className="h-9 px-5 text-left font-normal whitespace-nowrap">
                {dayName(day.date)}
              </th>
              {SERIES.map(({ key }) => (
                <td key={key} className="px-3 text-ink-2">
                  <Money credits={day.parts.get(key) ?? 0} />
                </td>
              ))}
              <td className="px-5 font-[550]">
                <Money credits={day.total} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Days are UTC; noon keeps the name the same in nearly every viewer's zone. */
function dayName(date: string): string {
  return formatDay(`${date}T12:00:00`);
}
