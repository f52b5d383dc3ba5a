import { Search } from "lucide-react";
import { type FormEvent, useEffect, useRef } from "react";
import type { Architecture, SessionStatus } from "../../api/records.ts";
import { classNames } from "../../ui/class-names.ts";
import { Select } from "../../ui/select.tsx";
import type { CallLogsSearch } from "./call-logs-search.ts";

const STATUSES: { value: SessionStatus | undefined; text: string }[] = [
  { value: undefined, text: "All" },
  { value: "active", text: "Active" },
  { value: "settled", text: "Settled" },
  { value: "cancelled", text: "Cancelled" },
  { value: "stale", text: "Stale" },
];

const ARCHITECTURES: { value: Architecture | "all"; text: string }[] = [
  { value: "all", text: "All architectures" },
  { value: "pipeline", text: "Pipeline" },
  { value: "realtime", text: "Realtime" },
  { value: "text", text: "Text" },
  { value: "api", text: "API" },
];

interface CallLogsToolbarProps {
  search: CallLogsSearch;
  onChange(next: CallLogsSearch): void;
}

/** Searches by id, and filters by architecture and status. */
export function CallLogsToolbar({ search, onChange }: CallLogsToolbarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2.5 px-5 py-3.5 max-md:px-4">
      <SessionSearch
        key={search.search ?? ""}
        value={search.search ?? ""}
        onFind={(text) => onChange({ search: text || undefined, page: undefined })}
      />
      <Select
        label="Filter by architecture"
        value={search.architecture ?? "all"}
        options={ARCHITECTURES}
        onChange={(value) => onChange({ architecture: value === "all" ? undefined : value, page: undefined })}
        className="w-[164px]"
      />
      <fieldset aria-label="Filter by status" className="ml-auto flex flex-wrap gap-0.5 max-md:ml-0">
        {STATUSES.map(({ value, text }) => (
          <button
            key={text}
            type="button"
            aria-pressed={search.status === value}
            onClick={() => onChange({ status: value, page: undefined })}
            className={classNames(
              "h-8 rounded-lg px-3 text-[13.5px] max-md:h-11",
              search.status === value
                ? "bg-selected font-[550] text-brand-strong"
                : "text-ink-2 hover:bg-hover hover:text-ink",
            )}
          >
            {text}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function SessionSearch({ value, onFind }: { value: string; onFind(text: string): void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = () => input.current?.focus();
    addEventListener("airtime:search", focus);
    return () => removeEventListener("airtime:search", focus);
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onFind(input.current?.value.trim() ?? "");
  };
  return (
    <search className="relative w-[250px] max-md:w-full">
      <form onSubmit={submit}>
        <Search
          size={16}
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-ink-3"
        />
        <input
          ref={input}
          type="search"
          aria-label="Search sessions"
          defaultValue={value}
          placeholder="Search session id"
          className="h-9 w-full rounded-lg border border-strong bg-surface pr-9 pl-9 text-[13.5px] shadow-control placeholder:text-ink-3 max-md:h-11 max-md:text-[16px]"
        />
        <kbd className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 rounded border border-strong px-1.5 font-sans text-[11px] text-ink-3 max-md:hidden">
          /
        </kbd>
      </form>
    </search>
  );
}
