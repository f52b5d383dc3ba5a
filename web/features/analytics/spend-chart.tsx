import { type KeyboardEvent, useState } from "react";
import { addCredits } from "../../api/credits.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatWholeDollars } from "../../ui/format-money.ts";
import { formatDay } from "../../ui/format-time.ts";
import { Money } from "../../ui/money.tsx";
import { PHONE, useMedia } from "../../ui/use-media.ts";
import type { Series, SpendSeries } from "./spend-series.ts";
import { chartScale, type UsageDay } from "./usage-days.ts";

interface SpendChartProps extends SpendSeries {
  /** The day that is not over, UTC. */
  today: string;
}

/** One stacked bar a day. A day picked by pointer or arrow keys puts its values into the legend; else the legend has the sums. */
export function SpendChart({ series, days, today }: SpendChartProps) {
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
      <Legend series={series} days={day ? [day] : days} />
      <p className="type-caption mt-2 h-4 text-ink-3" aria-live="polite">
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
        <Bars series={series} days={days} today={today} picked={picked} onPick={setPicked} />
      </div>
    </div>
  );
}

function Legend({ series, days }: SpendSeries) {
  return (
    <dl className="flex flex-wrap gap-x-7 gap-y-2">
      {series.map(({ key, name, color }) => (
        <div key={key}>
          <dt className="flex items-center gap-1.5 text-[12.5px] text-ink-2">
            <span
              className="size-2.5 shrink-0 rounded-[3px] forced-color-adjust-none"
              style={{ background: color }}
            />
            {name}
          </dt>
          <dd className="text-[13.5px] font-semibold">
            <Money credits={days.map((day) => day.parts.get(key) ?? 0).reduce(addCredits, 0)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const HEIGHT_PX = 220;
const GAP_FROM_PX = 3;
/** Beyond so many days a gap of three pixels would leave nothing of the bars. */
const DENSE_FROM_DAYS = 100;

interface BarsProps extends SpendChartProps {
  picked: number | null;
  onPick(index: number): void;
}

function Bars({ series, days, today, picked, onPick }: BarsProps) {
  const narrow = useMedia(PHONE);
  const { top, step } = chartScale(Math.max(...days.map((day) => day.total)));
  const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  const labelEvery = Math.ceil(days.length / (narrow ? 4 : 8));
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
      <div
        className={classNames("relative flex", days.length > DENSE_FROM_DAYS ? "gap-px" : "gap-[3px]")}
        style={{ height: HEIGHT_PX }}
      >
        {days.map((day, index) => (
          <div
            key={day.date}
            onPointerEnter={() => onPick(index)}
            onPointerDown={() => onPick(index)}
            className={classNames(
              "relative flex min-w-0 flex-1 flex-col-reverse items-center rounded-t",
              picked === index && "bg-selected",
            )}
          >
            <Stack series={series} day={day} top={top} open={day.date === today && day.total > 0} />
            {(days.length - 1 - index) % labelEvery === 0 && (
              <span className="figures absolute top-full pt-1.5 text-[11px] whitespace-nowrap text-ink-3">
                {day.date === today ? "Today" : dayName(day.date).split(",")[0]}
              </span>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

interface StackProps {
  series: readonly Series[];
  day: UsageDay;
  top: number;
  open: boolean;
}

/** A day's parts, the first at the bottom; today has a dashed outline, because it is not over. */
function Stack({ series, day, top, open }: StackProps) {
  const shown = series.filter(({ key }) => (day.parts.get(key) ?? 0) > 0);
  return (
    <div
      className={classNames(
        "flex w-[70%] max-w-7 flex-col-reverse overflow-hidden rounded-t-[3px] forced-color-adjust-none",
        open && "outline-1 outline-ink-3 outline-dashed",
      )}
    >
      {shown.map(({ key, color }) => {
        const heightPx = ((day.parts.get(key) ?? 0) / top) * HEIGHT_PX;
        return (
          <span
            key={key}
            className={
              heightPx >= GAP_FROM_PX
                ? "border-t-[1.5px] border-surface bg-clip-padding last:border-t-0"
                : undefined
            }
            style={{ height: heightPx, background: color }}
          />
        );
      })}
    </div>
  );
}

/** Days are UTC; noon keeps the name the same in nearly every viewer's zone. */
export function dayName(date: string): string {
  return formatDay(`${date}T12:00:00`);
}
