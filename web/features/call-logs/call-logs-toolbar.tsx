import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type FormEvent, useEffect, useRef } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { agentsQuery } from "../../api/organization-queries.ts";
import type { Architecture } from "../../api/records.ts";
import { addDays, localDayOf } from "../../ui/day-range.ts";
import { DayRangePicker } from "../../ui/day-range-picker.tsx";
import { Select } from "../../ui/select.tsx";
import type { CallLogsSearch } from "./call-logs-search.ts";
import { StatusChoice, type StatusCounts } from "./status-choice.tsx";

const ARCHITECTURES: { value: Architecture | "all"; text: string }[] = [
  { value: "all", text: "All architectures" },
  { value: "pipeline", text: "Pipeline" },
  { value: "realtime", text: "Realtime" },
  { value: "text", text: "Text" },
  { value: "api", text: "API" },
];

interface CallLogsToolbarProps {
  search: CallLogsSearch;
  counts: StatusCounts | undefined;
  onChange(next: CallLogsSearch): void;
}

/** Searches, and filters by agent, architecture, day and state. Each goes back to page 1. */
export function CallLogsToolbar({ search, counts, onChange }: CallLogsToolbarProps) {
  const narrow = (next: CallLogsSearch) => onChange({ ...next, page: undefined });
  return (
    <div className="flex flex-wrap items-center gap-2 px-5 py-3.5 max-md:grid max-md:grid-cols-2 max-md:px-4">
      <SessionSearch
        key={search.search ?? ""}
        value={search.search ?? ""}
        onFind={(text) => narrow({ search: text || undefined })}
      />
      <AgentSelect agent={search.agent} onChange={(agent) => narrow({ agent })} />
      <Select
        label="Filter by architecture"
        value={search.architecture ?? "all"}
        options={ARCHITECTURES}
        onChange={(value) => narrow({ architecture: value === "all" ? undefined : value })}
        className="w-[154px] max-md:w-full"
      />
      <DayRangePicker
        label="Filter by day"
        value={search}
        presets={presets()}
        openText="Any time"
        hint="In your time zone"
        onChange={({ from, to }) => narrow({ from, to })}
        className="max-w-60 max-md:col-span-2 max-md:max-w-none"
      />
      <StatusChoice status={search.status} counts={counts} onChange={(status) => narrow({ status })} />
    </div>
  );
}

function presets() {
  const today = localDayOf(Date.now());
  return [
    { text: "Any time", range: {} },
    { text: "Today", range: { from: today, to: today } },
    { text: "Last 7 days", range: { from: addDays(today, -6), to: today } },
    { text: "Last 30 days", range: { from: addDays(today, -29), to: today } },
  ];
}

interface AgentSelectProps {
  agent: string | undefined;
  onChange(agent: string | undefined): void;
}

/** The agents of the last month, and whichever the URL names. */
function AgentSelect({ agent, onChange }: AgentSelectProps) {
  const { id } = useOrganization();
  const { data: known = [] } = useQuery(agentsQuery(id));
  const named =
    agent === undefined || known.some((one) => one.id === agent) ? [] : [{ id: agent, name: agent }];
  // An agent's id is anybody's choice, so that no word of ours can stand for all of them: nothing does.
  const options = [{ value: "", text: "All agents" }].concat(
    [...named, ...known].map((one) => ({ value: one.id, text: one.name })),
  );
  return (
    <Select
      label="Filter by agent"
      align="start"
      value={agent ?? ""}
      options={options}
      onChange={(value) => onChange(value || undefined)}
      className="w-[128px] max-md:w-full"
    />
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
    <search className="relative w-[204px] max-md:col-span-2 max-md:w-full">
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
          placeholder="Search id or agent"
          // The browser's own cross empties the field without submitting it.
          onInput={(event) => event.currentTarget.value === "" && value !== "" && onFind("")}
          className="h-9 w-full rounded-lg border border-strong bg-surface pr-9 pl-9 text-[13.5px] shadow-control placeholder:text-ink-3 max-md:h-11 max-md:pr-3 max-md:text-[16px]"
        />
        <kbd className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 rounded border border-strong bg-surface px-1.5 font-sans text-[11px] text-ink-3 max-md:hidden">
          /
        </kbd>
      </form>
    </search>
  );
}
