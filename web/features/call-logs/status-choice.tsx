import type { Answer } from "../../api/call.ts";
import type { SessionStatus } from "../../api/records.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatCount } from "../../ui/format-money.ts";

export type StatusCounts = Answer<"GET /api/billing/session-counts">;

const STATUSES: { value: SessionStatus | undefined; text: string }[] = [
  { value: undefined, text: "All" },
  { value: "active", text: "Active" },
  { value: "settled", text: "Settled" },
  { value: "cancelled", text: "Cancelled" },
  { value: "stale", text: "Stale" },
];

interface StatusChoiceProps {
  status: SessionStatus | undefined;
  counts: StatusCounts | undefined;
  onChange(status: SessionStatus | undefined): void;
}

/** The states of a session, each with how many the other filters leave in it. */
export function StatusChoice({ status, counts, onChange }: StatusChoiceProps) {
  return (
    <fieldset
      aria-label="Filter by status"
      className="-mx-1 ml-auto flex min-w-0 gap-0.5 overflow-x-auto px-1 py-0.5 max-md:col-span-2 max-md:ml-0"
    >
      {STATUSES.map(({ value, text }) => (
        <button
          key={text}
          type="button"
          aria-pressed={status === value}
          onClick={() => onChange(value)}
          className={classNames(
            "h-8 shrink-0 rounded-lg px-2 text-[13.5px] -outline-offset-1 max-md:h-11 max-md:px-3",
            status === value
              ? "bg-selected font-[550] text-brand-strong"
              : "text-ink-2 hover:bg-hover hover:text-ink",
          )}
        >
          {text} {counts && <span className="figures text-ink-3">{countText(counts, value)}</span>}
        </button>
      ))}
    </fieldset>
  );
}

/** Beyond what was counted it is a number with a plus. */
const COUNTED_MAX = 10_000;

function countText({ data, is_exact }: StatusCounts, status: SessionStatus | undefined): string {
  const count = status === undefined ? Object.values(data).reduce((sum, one) => sum + one, 0) : data[status];
  const more = !is_exact && (status === undefined || count >= COUNTED_MAX);
  return `${formatCount(count)}${more ? "+" : ""}`;
}
