import { formatClock, formatDay } from "./format-time.ts";

/** An instant in the viewer's zone, its UTC form as title: `Nov 24, 2026 14:31`. */
export function TimeStamp({
  instant,
  seconds = false,
  plain = false,
}: {
  instant: string;
  seconds?: boolean;
  plain?: boolean;
}) {
  return (
    <time dateTime={instant} title={instant} className="figures whitespace-nowrap">
      {formatDay(instant)}{" "}
      <span className={plain ? undefined : "text-ink-3"}>{formatClock(instant, seconds)}</span>
    </time>
  );
}
