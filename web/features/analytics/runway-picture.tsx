import { formatDollars } from "../../ui/format-money.ts";
import { formatDay } from "../../ui/format-time.ts";

const WIDTH = 280;
const HEIGHT = 130;
/** A projection that goes on beyond would leave no room for the past. */
const AHEAD_DAYS_MAX = 28;
const AHEAD_DAYS_MIN = 7;
const DAY_MS = 86_400_000;

interface RunwayPictureProps {
  /** The balance at the end of each day up to now. */
  past: readonly number[];
  perDay: number;
  low: number;
  firstDay: string;
}

/** The balance as a line, and dashed where it goes from here; amber where it is low. The words beside it say the same. */
export function RunwayPicture(props: RunwayPictureProps) {
  const { past, low } = props;
  const { x, y, floor, today, now, ahead, end } = scaleOf(props);
  const line = past.map((credits, day) => `${x(day).toFixed(1)},${y(credits).toFixed(1)}`).join(" L");
  const stroke = { fill: "none", stroke: "var(--brand)", strokeWidth: 1.75 };
  return (
    <figure className="mt-2">
      <svg
        viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`}
        role="img"
        aria-label={`The balance of the last ${past.length} days, now ${formatDollars(now)}, and its projection`}
        className="w-full overflow-visible"
      >
        <path d={`M0,${floor} L${line} L${x(today)},${floor} Z`} fill="var(--brand)" opacity={0.14} />
        <path d={`M${line}`} {...stroke} strokeLinejoin="round" />
        <LowLine low={low} height={y(low)} startsLow={y(low) - y(past[0] ?? 0) < HEIGHT / 4} />
        <path
          d={`M${x(today)},${y(now)} L${x(end.day)},${y(end.credits)}`}
          {...stroke}
          strokeDasharray="4 3"
        />
        <circle cx={x(today)} cy={y(now)} r={4} {...stroke} fill="var(--surface)" strokeWidth={2} />
      </svg>
      <figcaption className="figures relative mt-1 h-4 text-[11px] leading-4 text-ink-3">
        <span className="absolute left-0">{dayText(props.firstDay, 0)}</span>
        <span
          className="absolute -translate-x-1/2 font-semibold text-ink"
          style={{ left: `${(x(today) / WIDTH) * 100}%` }}
        >
          Today
        </span>
        <span className="absolute right-0">{dayText(props.firstDay, today + Math.round(ahead))}</span>
      </figcaption>
    </figure>
  );
}

function scaleOf({ past, perDay, low }: RunwayPictureProps) {
  const today = past.length - 1;
  const now = past.at(-1) ?? 0;
  const untilEmpty = perDay > 0 ? Math.max(0, now / perDay) : AHEAD_DAYS_MAX;
  const ahead = Math.min(AHEAD_DAYS_MAX, Math.max(AHEAD_DAYS_MIN, untilEmpty));
  const drawn = Math.min(ahead, untilEmpty);
  const top = Math.max(...past, low) * 1.06 || 1;
  const bottom = Math.min(0, ...past);
  const x = (day: number) => (day / (today + ahead)) * WIDTH;
  const y = (credits: number) => ((top - credits) / (top - bottom)) * HEIGHT;
  const end = { day: today + drawn, credits: now - perDay * drawn };
  return { x, y, floor: y(bottom), today, now, ahead, end };
}

interface LowLineProps {
  low: number;
  height: number;
  /** Whether the balance was low on the first day: the words then stand at the other end. */
  startsLow: boolean;
}

function LowLine({ low, height, startsLow }: LowLineProps) {
  return (
    <>
      <path
        d={`M0,${height} L${WIDTH},${height}`}
        stroke="var(--warning)"
        strokeWidth={1.25}
        strokeDasharray="2 3"
      />
      <text
        x={startsLow ? WIDTH : 0}
        y={height - 5}
        textAnchor={startsLow ? "end" : "start"}
        fontSize={11}
        fill="var(--warning-text)"
      >
        Low, {formatDollars(low)}
      </text>
    </>
  );
}

function dayText(firstDay: string, later: number): string {
  return formatDay(new Date(Date.parse(`${firstDay}T12:00:00`) + later * DAY_MS)).split(",")[0] ?? "";
}
