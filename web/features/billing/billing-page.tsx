import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import { lazy, Suspense } from "react";
import { useOrganization } from "../../api/active-organization.ts";
import { activeSessionsQuery, type HistoryPage, historyQuery, summaryQuery } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { useCloseOverlay } from "../../ui/use-close-overlay.ts";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { useSettledLoading } from "../../ui/use-settled-loading.ts";
import { LiveStatus } from "../live/live-status.tsx";
import { AddCreditsButton, loadDialog } from "./add-credits-button.tsx";
import { BalanceBanner } from "./balance-banner.tsx";
import { historyQueryOf, parseBillingSearch } from "./billing-search.ts";
import { CheckoutReturn } from "./checkout-return.tsx";
import { HistoryPanel } from "./history-panel.tsx";
import { RunningNow } from "./running-now.tsx";
import { SummaryCards, SummaryCardsLoading } from "./summary-cards.tsx";
import { useRefresh } from "./use-refresh.ts";

const AddCreditsDialog = lazy(loadDialog);
const DetailPanel = lazy(() => import("../detail/detail-panel.tsx"));

/** Billing & Credits: what is left, what runs, and where every hundredth of a cent went. */
export function BillingPage() {
  const { id } = useOrganization();
  const search = parseBillingSearch(useSearch({ strict: false }));
  const query = historyQueryOf(search);
  usePageTitle("Billing & Credits");
  const summary = useQuery(summaryQuery(id));
  const sessions = useQuery(activeSessionsQuery(id));
  const history = useQuery(historyQuery(id, query));
  const { refreshing, refresh } = useRefresh(id);
  // Cards and running calls come together, or the one would push the other down.
  const isFirstLoad = isUnknown(summary) || isUnknown(sessions);
  const isLoading = useSettledLoading(isFirstLoad) || isFirstLoad;
  const shown = isLoading ? undefined : summary.data;

  return (
    <div className="flex flex-col gap-4 max-sm:gap-3">
      <BillingHeader
        ownerName={summary.data?.owner_name ?? null}
        refreshing={refreshing}
        onRefresh={refresh}
      />
      <CheckoutReturn checkoutId={search.checkout} />
      {shown && <BalanceBanner summary={shown} />}
      {shown ? <SummaryCards summary={shown} /> : <SummaryCardsLoading />}
      {shown && sessions.data && <RunningNow sessions={sessions.data} summary={shown} />}
      <HistoryPanel
        // What stands below the placeholders is not what stands below the calls: it is put there anew, and does not jump.
        key={isLoading ? "loading" : "shown"}
        inert={isLoading}
        query={query}
        page={history.data}
        isPrevious={history.isPlaceholderData}
        failed={hasFailed(history)}
        fetching={history.isFetching}
        refreshing={refreshing}
        onRefresh={refresh}
      />
      <BillingOverlays search={search} ids={history.data?.data.map((transaction) => transaction.id) ?? []} />
    </div>
  );
}

/** A query that never had data counts as pending again while it is retried; what was said of it stays until it is there. */
function hasFailed({ isError, data, errorUpdateCount }: HistoryState): boolean {
  return isError || (data === undefined && errorUpdateCount > 0);
}

type HistoryState = Pick<UseQueryResult<HistoryPage>, "isError" | "data" | "errorUpdateCount">;

/** Neither read nor failed so far. */
function isUnknown({
  isPending,
  errorUpdateCount,
}: Pick<UseQueryResult, "isPending" | "errorUpdateCount">): boolean {
  return isPending && errorUpdateCount === 0;
}

interface BillingHeaderProps {
  ownerName: string | null;
  refreshing: boolean;
  onRefresh(): void;
}

function BillingHeader({ ownerName, refreshing, onRefresh }: BillingHeaderProps) {
  return (
    <PageHeader
      title="Billing & Credits"
      subtitle="Manage your credits and view transaction history"
      status={<LiveStatus />}
      actions={
        <>
          <AddCreditsButton ownerName={ownerName} className="max-md:flex-[1.7]" />
          <Button
            size="large"
            icon={RefreshCw}
            busy={refreshing}
            onClick={onRefresh}
            className="max-md:flex-1"
          >
            {refreshing ? "Refreshing" : "Refresh"}
          </Button>
        </>
      }
    />
  );
}

/** Dialog and panel, whose code comes only when they are opened. */
function BillingOverlays({ search, ids }: { search: ReturnType<typeof parseBillingSearch>; ids: string[] }) {
  const { role } = useOrganization();
  const navigate = useNavigate();
  const closeDialog = useCloseOverlay("add");
  const closePanel = useCloseOverlay("transaction");
  const replace = (change: { transaction: string } | { add: undefined; checkout: string }) =>
    navigate({
      to: "/billing",
      search: (now: object) => ({ ...now, ...change }),
      replace: true,
      resetScroll: false,
      ...("transaction" in change ? { state: true } : {}),
    });
  return (
    <Suspense>
      {/* Whoever may not buy sees why at the button. */}
      {search.add && role === "owner" && (
        <AddCreditsDialog
          preferred={search.add === true ? null : search.add}
          onClose={closeDialog}
          onPaid={(checkout) => replace({ add: undefined, checkout })}
        />
      )}
      {search.transaction && (
        <DetailPanel
          subject={{ kind: "transaction", id: search.transaction }}
          neighbours={ids}
          onStep={(transaction) => replace({ transaction })}
          onClose={closePanel}
        />
      )}
    </Suspense>
  );
}
