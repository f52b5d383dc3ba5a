import { CalendarDays, ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { type FormEvent, useState } from "react";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { type DayRange, parseDayRange } from "./day-range.ts";
import { Field } from "./field.tsx";
import { formatDay } from "./format-time.ts";

interface DayRangePickerProps {
  label: string;
  value: DayRange;
  /** Ranges to take with one click. */
  presets: readonly { text: string; range: DayRange }[];
  /** In place of days, where the range is open on both sides. */
  openText: string;
  /** Whose days they are. */
  hint: string;
  onChange(range: DayRange): void;
  className?: string;
}

/** A button that shows a range of days, and opens a choice of usual ones and of any others. */
export function DayRangePicker(props: DayRangePickerProps) {
  const { label, value, openText, onChange, className } = props;
  const [open, setOpen] = useState(false);
  const choose = (range: DayRange) => {
    setOpen(false);
    onChange(range);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={`${label}: ${rangeText(value, openText)}`}
        className={classNames(
          "flex h-9 items-center gap-2 rounded-lg border border-strong bg-surface pr-2.5 pl-3 text-[13.5px] font-medium shadow-control transition-colors duration-[120ms] hover:bg-hover max-md:h-11",
          className,
        )}
      >
        <CalendarDays size={15} aria-hidden className="shrink-0 text-ink-3" />
        <span className="figures flex-1 truncate text-left">{rangeText(value, openText)}</span>
        <ChevronDown size={15} aria-hidden className="shrink-0 text-ink-3" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label={label}
          className="menu-motion z-50 w-80 max-w-[calc(100vw-24px)] rounded-xl border border-edge bg-surface p-3 shadow-floating outline-none"
        >
          <Choice {...props} onChange={choose} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choice({ value, presets, hint, onChange }: DayRangePickerProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const typed = { from: form.get("from") || undefined, to: form.get("to") || undefined };
    const range = parseDayRange(typed);
    if (range.from === typed.from && range.to === typed.to) onChange(range);
    else setProblem("The first day comes after the last.");
  };
  return (
    <>
      <div className="mb-3 grid grid-cols-2 gap-1.5">
        {presets.map(({ text, range }) => (
          <Button
            key={text}
            size="small"
            look="ghost"
            aria-pressed={range.from === value.from && range.to === value.to}
            onClick={() => onChange(range)}
            className="justify-start aria-pressed:bg-selected aria-pressed:text-brand-strong"
          >
            {text}
          </Button>
        ))}
      </div>
      <form noValidate onSubmit={submit} className="flex flex-col gap-3 border-t border-edge pt-3">
        <div className="grid grid-cols-2 gap-2.5">
          <Field label="From" name="from" type="date" defaultValue={value.from} />
          <Field label="To" name="to" type="date" defaultValue={value.to} />
        </div>
        {problem && (
          <p role="alert" className="type-caption text-danger">
            {problem}
          </p>
        )}
        <div className="flex items-center justify-between gap-3">
          <p className="type-caption text-ink-3">{hint}</p>
          <Button type="submit" look="brand" size="small">
            Apply
          </Button>
        </div>
      </form>
    </>
  );
}

/** `Oct 26 to Nov 24, 2026`; the year is said twice only where it differs. */
function rangeText({ from, to }: DayRange, openText: string): string {
  const first = from && dayName(from);
  const last = to && dayName(to);
  if (first && last) {
    if (from === to) return first;
    return from?.slice(0, 4) === to?.slice(0, 4)
      ? `${first.slice(0, first.indexOf(","))} to ${last}`
      : `${first} to ${last}`;
  }
  if (first) return `Since ${first}`;
  return last ? `Until ${last}` : openText;
}

/** Noon is on the same day in every zone that a viewer may be in. */
function dayName(day: string): string {
  return formatDay(`${day}T12:00:00`);
}
