import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import { apiKeysQuery, membersQuery } from "../../api/organization-queries.ts";
import { addDays, localDayOf } from "../../ui/day-range.ts";
import { DayRangePicker } from "../../ui/day-range-picker.tsx";
import { Select } from "../../ui/select.tsx";
import type { AuditSearch } from "./audit-search.ts";
import { ACTIONS } from "./audit-words.ts";

interface AuditFiltersProps {
  search: AuditSearch;
  onChange(next: AuditSearch): void;
}

/** What, who and when. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-5 pb-3.5 max-md:grid max-md:grid-cols-2 max-md:px-4">
      <Select
        label="Filter by action"
        align="start"
        value={search.action ?? ""}
        options={[{ value: "", text: "All actions" }, ...ACTIONS]}
        onChange={(action) => onChange({ action: action || undefined })}
        className="w-56 max-md:col-span-2 max-md:w-full"
      />
      <ActorSelect actor={search.actor} onChange={(actor) => onChange({ actor })} />
      <DayRangePicker
        label="Filter by day"
        value={search}
        presets={presets()}
        openText="Any time"
        hint="In your time zone"
        onChange={({ from, to }) => onChange({ from, to })}
        className="max-w-60 max-md:max-w-none"
      />
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

interface ActorSelectProps {
  actor: string | undefined;
  onChange(actor: string | undefined): void;
}

/** The members and keys there are, and whoever the URL names: who is gone has left traces too. */
function ActorSelect({ actor, onChange }: ActorSelectProps) {
  const { id } = useOrganization();
  const { data: members = [] } = useQuery(membersQuery(id));
  const { data: keys = [] } = useQuery(apiKeysQuery(id));
  const known = [
    ...members
      .filter(({ status }) => status === "active")
      .map(({ user_id, name, email }) => ({ value: user_id, text: name ?? email })),
    ...keys.map((key) => ({ value: key.id, text: `API key ${key.name}` })),
  ];
  const named =
    actor === undefined || known.some(({ value }) => value === actor) ? [] : [{ value: actor, text: actor }];
  return (
    <Select
      label="Filter by who"
      align="start"
      value={actor ?? ""}
      options={[{ value: "", text: "Everybody" }, ...named, ...known]}
      onChange={(value) => onChange(value || undefined)}
      className="w-44 max-md:w-full"
    />
  );
}
