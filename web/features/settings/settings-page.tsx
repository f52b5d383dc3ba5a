import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import { Card } from "../../ui/card.tsx";
import { formatDollars } from "../../ui/format-money.ts";
import { ListState } from "../../ui/list-state.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { AlertForm } from "./alert-form.tsx";
import { settingsQuery } from "./settings-data.ts";
import { SpendLimits } from "./spend-limits.tsx";

/** Thresholds and who is told, what stops calls. The grace limit is shown; only the operator changes it. */
export function SettingsPage() {
  const { id } = useOrganization();
  const settings = useQuery(settingsQuery(id));
  usePageTitle("Settings");
  return (
    <>
      <Card
        title="Balance alerts"
        subtitle="One email per crossing; it comes again only after the balance has recovered."
      >
        <ListState
          pending={settings.isPending}
          failed={settings.isError && settings.data === undefined}
          empty={false}
          noun="settings"
          emptyText=""
          onRetry={() => void settings.refetch()}
        />
        {settings.data && <AlertForm settings={settings.data} />}
      </Card>
      {settings.data && (
        <>
          <SpendLimits limits={settings.data.spend_limits} />
          <Card
            title="Grace"
            subtitle="How far below zero running calls may take the balance before they are ended."
          >
            <p className="border-t border-edge px-5 py-4 text-ink-2 max-md:px-4">
              <span className="figures mr-2 text-[17px] font-semibold text-ink">
                {formatDollars(settings.data.grace_limit)}
              </span>
              It is credit, so only the operator of this service can change it.
            </p>
          </Card>
        </>
      )}
    </>
  );
}
