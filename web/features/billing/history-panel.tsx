import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowUp, Filter } from "lucide-react";
import { type RefObject, useEffect, useRef } from "react";
import type { HistoryPage, HistoryQuery, HistoryType } from "../../api/queries.ts";
import { Pagination } from "../../ui/pagination.tsx";
import { Select } from "../../ui/select.tsx";
import { PHONE, STILL, useMedia } from "../../ui/use-media.ts";
import { useScrolledPast } from "../../ui/use-scrolled-past.ts";
import { useSettledLoading } from "../../ui/use-settled-loading.ts";
import { PAGE_SIZES, parseBillingSearch } from "./billing-search.ts";
import { HistoryList, HistoryTable } from "./history-rows.tsx";
import { HistoryEmpty, HistoryFailed, HistoryLoading } from "./history-states.tsx";
import { useArrivals } from "./use-arrivals.ts";
import { useSteadyPage } from "./use-steady-page.ts";

interface HistoryPanelProps {
  query: HistoryQuery;
  page: HistoryPage | undefined;
  /** The page is the one before, shown until the one asked for is there. */
  isPrevious: boolean;
  /** The last attempt failed; an older page may still be there, and stays. */
  failed: boolean;
  fetching: boolean;
  refreshing: boolean;
  onRefresh(): void;
  /** Nobody can use it: another one is about to take its place. */
  inert?: boolean;
}

/** Transaction History: filter, page size, the rows, and the pager. */
export function HistoryPanel(props: HistoryPanelProps) {
  const top = useRef<HTMLDivElement>(null);
  return (
    <section
      aria-labelledby="history-title"
      inert={props.inert}
      className="rounded-2xl border border-edge bg-surface shadow-panel"
    >
      <div
        ref={top}
        className="flex items-center justify-between gap-4 px-5 py-3.5 max-md:flex-col max-md:items-stretch max-md:gap-3 max-md:px-4"
      >
        <div>
          <h2 id="history-title" className="type-section text-brand">
            Transaction History
          </h2>
          <p className="text-[13px] leading-[18px] text-ink-3">
            Detailed record of all your credit transactions
          </p>
        </div>
        <HistoryControls query={props.query} />
      </div>
      <HistoryBody {...props} top={top} />
    </section>
  );
}

function HistoryBody(props: HistoryPanelProps & { top: RefObject<HTMLDivElement | null> }) {
  const { query, isPrevious, failed, fetching, refreshing, onRefresh, top } = props;
  const isRead = useScrolledPast(top) || query.page > 1;
  // Whoever presses Refresh wants what is new.
  const { page, waiting } = useSteadyPage(props.page, query, isRead && !refreshing && !isPrevious);
  const arrivals = useArrivals();
  const phone = useMedia(PHONE);
  const showPlaceholders = useSettledLoading(page === undefined && !failed);
  useLastPage(query, page);

  const alert = failed && <HistoryFailed refreshing={refreshing} onRefresh={onRefresh} />;
  if (alert && page === undefined) return alert;
  if (page === undefined || showPlaceholders) {
    // Before placeholders are due the room is kept, so that nothing jumps.
    return showPlaceholders ? <HistoryLoading /> : <div aria-busy="true" className="h-[243px]" />;
  }
  if (page.total === 0)
    return <HistoryEmpty type={query.type} refreshing={refreshing} onRefresh={onRefresh} />;
  const Rows = phone ? HistoryList : HistoryTable;
  return (
    <>
      {alert}
      {waiting > 0 && <WaitingLink count={waiting} top={top} />}
      <Rows transactions={page.data} arrivals={arrivals} busy={fetching} />
      <Pagination page={query.page} limit={query.limit} total={page.total} noun="transactions" />
    </>
  );
}

/** A page past the last one (an old address, a larger page size) becomes the last. */
function useLastPage(query: HistoryQuery, page: HistoryPage | undefined): void {
  const navigate = useNavigate();
  const last = page && page.total > 0 && page.data.length === 0 ? Math.ceil(page.total / query.limit) : null;
  useEffect(() => {
    if (last === null || last >= query.page) return;
    void navigate({ to: "/billing", search: (now: object) => ({ ...now, page: last }), replace: true });
  }, [last, navigate, query.page]);
}

/** How many transactions wait above; leads to them. Over the rows, which it does not move. */
function WaitingLink({ count, top }: { count: number; top: RefObject<HTMLDivElement | null> }) {
  const still = useMedia(STILL);
  return (
    <div className="sticky top-[68px] z-30 flex h-0 justify-center">
      <Link
        to="/billing"
        search={(now: object) => ({ ...now, page: undefined })}
        resetScroll={false}
        onClick={() => top.current?.scrollIntoView({ behavior: still ? "instant" : "smooth" })}
        className="menu-motion mt-1 inline-flex h-9 items-center gap-1.5 rounded-full border border-edge bg-selected px-3.5 text-[13px] font-[550] whitespace-nowrap text-brand-strong shadow-floating max-md:h-11"
      >
        <ArrowUp size={14} aria-hidden /> {count} new {count === 1 ? "transaction" : "transactions"}
      </Link>
    </div>
  );
}

const TYPES = [
  { value: "all", text: "All Transactions" },
  { value: "topup", text: "Top-ups" },
  { value: "consumption", text: "Usage" },
] as const satisfies { value: HistoryType; text: string }[];

const SIZES = PAGE_SIZES.map((size) => ({ value: size as number, text: String(size) }));

/** Either change goes back to page 1. */
function HistoryControls({ query }: { query: HistoryQuery }) {
  const navigate = useNavigate();
  const phone = useMedia(PHONE);
  const change = (search: Record<string, unknown>) =>
    navigate({
      to: "/billing",
      search: (now: object) => parseBillingSearch({ ...now, ...search, page: undefined }),
      resetScroll: false,
    });
  return (
    <div className="flex items-center gap-2.5">
      <Filter size={17} strokeWidth={1.75} aria-hidden className="text-ink-3 max-md:hidden" />
      <Select<HistoryType>
        label="Filter by type"
        value={query.type}
        options={TYPES}
        onChange={(type) => change({ type })}
        className="max-md:flex-1"
      />
      <span className="mx-1 h-5 w-px bg-edge max-md:hidden" />
      <span className="text-ink-2 max-md:hidden">Show</span>
      <Select
        label="Transactions per page"
        value={query.limit}
        options={SIZES}
        onChange={(limit) => change({ limit })}
        {...(phone ? { prefix: "Show" } : {})}
        className=""
      />
      <span className="whitespace-nowrap text-ink-2 max-md:hidden">per page</span>
    </div>
  );
}
