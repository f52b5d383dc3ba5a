import { type FormEvent, useState } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import type { OrganizationSettings } from "../../api/openapi.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { parseEmails, parseMoney } from "./parse-settings.ts";
import { OWNER_ONLY, reasonOf, useSettingsChange } from "./settings-data.ts";

/** From which balance on to warn, and whom besides the Owner. */
export function AlertForm({ settings }: { settings: OrganizationSettings }) {
  const { role } = useOrganization();
  const [problem, setProblem] = useState<string | null>(null);
  const saving = useSettingsChange(() => {});
  const locked = role !== "owner";
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const threshold = parseMoney(String(form.get("threshold")));
    setProblem(threshold === null ? "An amount such as 5 or 12.50, with at most 4 decimals" : null);
    if (threshold === null || locked) return;
    const emails = parseEmails(String(form.get("emails") ?? ""));
    saving.mutate(() => ({ low_balance_threshold: threshold, alert_emails: emails }));
  };
  return (
    <form
      noValidate
      onSubmit={submit}
      className="flex flex-col items-end gap-4 border-t border-edge px-5 py-4 max-md:px-4"
    >
      {saving.isError && <Notice tone="danger">{reasonOf(saving.error)}</Notice>}
      <div className="grid w-full grid-cols-2 gap-4 max-sm:grid-cols-1">
        <Field
          label="Low balance threshold (USD)"
          name="threshold"
          inputMode="decimal"
          required
          defaultValue={String(settings.low_balance_threshold)}
          readOnly={locked}
          problem={problem}
          hint="Below it the page warns and an email goes out. Calls go on."
        />
        <Field
          label="Alert emails"
          name="emails"
          inputMode="email"
          defaultValue={settings.alert_emails.join(", ")}
          placeholder="billing@example.com, ops@example.com"
          readOnly={locked}
          hint="Besides the Owner. Separate several by commas; at most 20."
        />
      </div>
      <Button type="submit" look="brand" busy={saving.isPending} blockedReason={locked ? OWNER_ONLY : null}>
        Save
      </Button>
    </form>
  );
}
