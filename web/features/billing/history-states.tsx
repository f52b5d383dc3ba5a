import { Link } from "@tanstack/react-router";
import { CreditCard, RefreshCw } from "lucide-react";
import type { HistoryType } from "../../api/queries.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";

const EMPTY_TEXT: Record<HistoryType, string> = {
  all: "Your transaction history is empty",
  topup: "No Top-ups transactions in your history",
  consumption: "No Usage transactions in your history",
};

interface RefreshProps {
  refreshing: boolean;
  onRefresh(): void;
}

/** No transactions: says why the table is empty and what can be done. */
export function HistoryEmpty({ type, refreshing, onRefresh }: RefreshProps & { type: HistoryType }) {
  return (
    <div className="flex flex-col items-center border-t border-edge px-5 py-14 text-center">
      <span className="flex size-16 items-center justify-center rounded-full bg-neutral-weak text-ink-2">
        <CreditCard size={28} strokeWidth={1.5} aria-hidden />
      </span>
      <h3 className="mt-4 text-[15px] leading-6 font-semibold">No transactions found</h3>
      <p className="text-ink-2">{EMPTY_TEXT[type]}</p>
      <div className="mt-4 flex items-center gap-3">
        <Button size="small" icon={RefreshCw} busy={refreshing} onClick={onRefresh}>
          Refresh
        </Button>
        {type !== "all" && (
          <Link
            to="/billing"
            search={(now: object) => ({ ...now, type: undefined, page: undefined })}
            className="rounded-md px-1 py-1.5 text-[13px] font-[550] text-brand hover:underline"
          >
            Show all
          </Link>
        )}
      </div>
    </div>
  );
}

/** The history could not be read. Cards, running calls and banners stay; only the table is replaced. */
export function HistoryFailed({ refreshing, onRefresh }: RefreshProps) {
  return (
    <div className="border-t border-edge p-5">
      <Notice
        tone="danger"
        action={
          <Button size="small" icon={RefreshCw} busy={refreshing} onClick={onRefresh}>
            Refresh
          </Button>
        }
      >
        <p className="font-semibold">Failed to load transaction history</p>
        <p>Please try again later</p>
      </Notice>
    </div>
  );
}

const ROWS = [78, 56, 64, 50, 70];

/** Five placeholder rows with the heights of real ones. */
export function HistoryLoading() {
  return (
    <div
      aria-busy="true"
      role="status"
      aria-label="Loading transaction history"
      className="border-t border-edge"
    >
      <div className="h-[33px] border-b border-edge bg-subtle max-md:hidden" />
      {ROWS.map((width) => (
        <div
          key={width}
          data-skeleton="row"
          className="flex h-[42px] items-center gap-6 border-t border-hair px-5 first:border-t-0 max-md:h-[82px] max-md:px-4"
        >
          <span className="skeleton h-3.5 w-32 rounded-full max-md:hidden" />
          <span className="skeleton h-[22px] w-16 max-md:size-8 max-md:rounded-full" />
          <span className="flex-1">
            <span className="skeleton block h-3.5 rounded-full" style={{ width: `${width}%` }} />
          </span>
          <span className="skeleton h-3.5 w-20 rounded-full" />
          <span className="skeleton h-3.5 w-20 rounded-full max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
