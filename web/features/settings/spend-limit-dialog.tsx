import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import type { SpendLimit } from "../../api/openapi.ts";
import { agentsQuery, apiKeysQuery } from "../../api/organization-queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { SelectField } from "../../ui/select-field.tsx";
import { parseMoney } from "./parse-settings.ts";
import { reasonOf, useSettingsChange } from "./settings-data.ts";
import { isSameLimit, periodName, type SpendRule, scopeName, withoutLimit } from "./spend-limit-words.ts";

const SCOPES = [
  { value: "organization", text: "Whole organization" },
  { value: "agent", text: "One agent" },
  { value: "api_key", text: "One API key" },
  { value: "user", text: "One end user" },
] as const satisfies { value: SpendLimit["scope"]; text: string }[];

const PERIODS = [
  { value: "day", text: "A day (UTC)" },
  { value: "month", text: "A month (UTC)" },
] as const satisfies { value: SpendLimit["period"]; text: string }[];

/** Sets a new limit, or another amount for one that there is. */
export function SpendLimitDialog({ present, onClose }: { present: SpendLimit | null; onClose(): void }) {
  const formId = useId();
  const [problem, setProblem] = useState<string | null>(null);
  const saving = useSettingsChange(onClose);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const rule = ruleFrom(new FormData(event.currentTarget), present);
    setProblem("problem" in rule ? rule.problem : null);
    if ("problem" in rule) return;
    saving.mutate(({ spend_limits }) => ({
      spend_limits: [...withoutLimit(spend_limits, (other) => isSameLimit(other, rule)), rule],
    }));
  };
  const shown = problem ?? reasonOf(saving.error);
  return (
    <Dialog
      title={present ? "Change spend limit" : "New spend limit"}
      subtitle={
        present
          ? `${scopeName(present)}, ${periodName(present)}`
          : "It counts from the beginning of its day or month."
      }
      onClose={onClose}
      footer={
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="brand" busy={saving.isPending}>
            Save limit
          </Button>
        </div>
      }
    >
      <form id={formId} noValidate onSubmit={submit} className="flex flex-col gap-4">
        {shown && <Notice tone="danger">{shown}</Notice>}
        {present === null && <WhomFields />}
        <Field
          label="Limit (USD)"
          name="limit"
          inputMode="decimal"
          autoComplete="off"
          defaultValue={present ? String(present.limit) : ""}
          placeholder="25.00"
        />
      </form>
    </Dialog>
  );
}

function ruleFrom(form: FormData, present: SpendLimit | null): SpendRule | { problem: string } {
  const limit = parseMoney(String(form.get("limit")));
  if (limit === null) return { problem: "Give the limit as an amount such as 25 or 12.50." };
  if (present) return { scope: present.scope, period: present.period, subject: present.subject, limit };
  const scope = SCOPES.find(({ value }) => value === form.get("scope"))?.value ?? "organization";
  const period = PERIODS.find(({ value }) => value === form.get("period"))?.value ?? "day";
  const subject = String(form.get("subject") ?? "").trim();
  if (scope !== "organization" && subject === "") return { problem: "Say whom the limit is for." };
  return { scope, period, subject: scope === "organization" ? null : subject, limit };
}

function WhomFields() {
  const [scope, setScope] = useState<string>("organization");
  return (
    <>
      <SelectField
        label="For"
        name="scope"
        options={SCOPES}
        value={scope}
        onChange={(event) => setScope(event.target.value)}
      />
      {scope === "agent" && <AgentField />}
      {scope === "api_key" && <KeyField />}
      {scope === "user" && (
        <Field label="End user's id" name="subject" autoComplete="off" hint="As sent in user_id." />
      )}
      <SelectField label="Period" name="period" options={PERIODS} />
    </>
  );
}

/** Any agent's id; those of the last month are offered. */
function AgentField() {
  const { id } = useOrganization();
  const listId = useId();
  const { data = [] } = useQuery(agentsQuery(id));
  return (
    <>
      <Field label="Agent's id" name="subject" list={listId} autoComplete="off" />
      <datalist id={listId}>
        {data.map((agent) => (
          <option key={agent.id} value={agent.id}>
            {agent.name}
          </option>
        ))}
      </datalist>
    </>
  );
}

function KeyField() {
  const { id } = useOrganization();
  const { data = [] } = useQuery(apiKeysQuery(id));
  const usable = data.filter((key) => key.revoked_at === null);
  const options = usable.map((key) => ({ value: key.id, text: `${key.name} (${key.prefix}…)` }));
  return <SelectField label="API key" name="subject" options={options} />;
}
