import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { ApiProblem, request } from "../../api/http.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Field } from "../../ui/field.tsx";
import { formatDollars } from "../../ui/format-money.ts";
import { ListState } from "../../ui/list-state.tsx";
import { Notice } from "../../ui/notice.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { showToast } from "../../ui/toasts.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { parseEmails, parseMoney } from "./parse-settings.ts";

interface Settings {
  grace_limit: number;
  low_balance_threshold: number;
  alert_emails: string[] | null;
}

/** Thresholds and who is told. The grace limit is shown; only the operator changes it. */
export function SettingsPage() {
  const { id } = useOrganization();
  const settings = useQuery({
    queryKey: ["settings", id],
    queryFn: ({ signal }) =>
      request<{ settings: Settings }>(`/api/organizations/${id}/settings`, { signal }).then(
        (answer) => answer.settings,
      ),
  });
  usePageTitle("Settings");
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <PageHeader title="Settings" subtitle="When to warn, and whom" />
      <Card
        title="Balance alerts"
        subtitle="One email per crossing; it comes again only after the balance has recovered."
      >
        <ListState
          pending={settings.isPending}
          failed={settings.isError}
          empty={false}
          noun="settings"
          emptyText=""
          onRetry={() => void settings.refetch()}
        />
        {settings.data && <AlertForm settings={settings.data} />}
      </Card>
      {settings.data && (
        <Card
          title="Grace"
          subtitle="How far below zero running calls may take the balance before they are ended."
        >
          <p className="border-t border-edge px-5 py-4 text-ink-2">
            <span className="figures mr-2 text-[17px] font-semibold text-ink">
              {formatDollars(settings.data.grace_limit)}
            </span>
            It is credit, so the operator of this service sets it.
          </p>
        </Card>
      )}
    </div>
  );
}

function AlertForm({ settings }: { settings: Settings }) {
  const { role } = useOrganization();
  const saving = useSaving();
  const locked = role !== "owner";
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const threshold = parseMoney(String(form.get("threshold")));
    if (threshold === null) return;
    saving.mutate({
      low_balance_threshold: threshold,
      alert_emails: parseEmails(String(form.get("emails") ?? "")),
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col items-start gap-4 border-t border-edge px-5 py-4">
      {saving.isError && <Notice tone="danger">{reasonOf(saving.error)}</Notice>}
      <div className="grid w-full grid-cols-2 gap-4 max-sm:grid-cols-1">
        <Field
          label="Low balance threshold (USD)"
          name="threshold"
          inputMode="decimal"
          required
          pattern="\d{1,7}(\.\d{1,4})?"
          title="An amount such as 5 or 12.50, with at most 4 decimals"
          defaultValue={String(settings.low_balance_threshold)}
          disabled={locked}
          hint="Below it the page warns and an email goes out. Calls go on."
        />
        <Field
          label="Alert emails"
          name="emails"
          defaultValue={(settings.alert_emails ?? []).join(", ")}
          placeholder="billing@example.com, ops@example.com"
          disabled={locked}
          hint="Beside the Owner. Separate several by commas."
        />
      </div>
      <Button
        type="submit"
        look="brand"
        busy={saving.isPending}
        blockedReason={locked ? LOCKED_REASON : null}
      >
        Save
      </Button>
    </form>
  );
}

const LOCKED_REASON = "Only the Owner changes billing settings.";

function useSaving() {
  const { id } = useOrganization();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Settings>) =>
      request(`/api/organizations/${id}/settings`, { method: "PATCH", body }),
    onSuccess: () => {
      showToast({ title: "Settings saved" });
      void client.invalidateQueries({ queryKey: ["settings", id] });
      void client.invalidateQueries({ queryKey: ["summary", id] });
    },
  });
}

function reasonOf(error: Error): string {
  const field = error instanceof ApiProblem ? error.fields[0] : undefined;
  return field ? `${field.path}: ${field.message}` : error.message;
}
