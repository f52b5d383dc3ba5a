import { useNavigate } from "@tanstack/react-router";
import { classNames } from "../../ui/class-names.ts";
import { addDays, type DayRange } from "../../ui/day-range.ts";
import { DayRangePicker } from "../../ui/day-range-picker.tsx";
import { type AnalyticsSearch, PERIODS, type Period, parseAnalyticsSearch } from "./analytics-search.ts";

/** The usual periods with one click, and any other by its days. */
export function PeriodChoice({ period, today }: { period: Period; today: string }) {
  const navigate = useNavigate();
  const go = (next: Pick<AnalyticsSearch, "days" | "from" | "to">) =>
    void navigate({
      to: "/analytics",
      search: (now: object) => parseAnalyticsSearch({ ...now, ...next }),
      resetScroll: false,
    });
  return (
    <>
      <fieldset aria-label="Period" className="flex rounded-[10px] bg-neutral-weak p-1 max-md:w-full">
        {PERIODS.map((days) => (
          <button
            key={days}
            type="button"
            aria-pressed={days === period.days}
            onClick={() => go({ days, from: undefined, to: undefined })}
            className={classNames(
              "h-8 rounded-lg px-3 text-[13.5px] font-medium max-md:h-11 max-md:flex-1",
              days === period.days ? "bg-surface text-ink shadow-control" : "text-ink-2 hover:text-ink",
            )}
          >
            {days} days
          </button>
        ))}
      </fieldset>
      <DayRangePicker
        label="Days"
        value={period}
        presets={presets(today)}
        openText=""
        hint="Days are UTC, at most 400"
        onChange={({ from, to }: DayRange) => go({ days: undefined, from, to })}
        className="h-10 max-md:flex-1"
      />
    </>
  );
}

function presets(today: string) {
  const firstOfMonth = `${today.slice(0, 7)}-01`;
  const lastOfPrevious = addDays(firstOfMonth, -1);
  return [
    { text: "Today", range: { from: today, to: today } },
    { text: "Yesterday", range: { from: addDays(today, -1), to: addDays(today, -1) } },
    { text: "This month", range: { from: firstOfMonth, to: today } },
    { text: "Last month", range: { from: `${lastOfPrevious.slice(0, 7)}-01`, to: lastOfPrevious } },
  ];
}
