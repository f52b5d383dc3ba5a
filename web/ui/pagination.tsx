import { Link } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { formatCount } from "./format-money.ts";
import { pageWindow } from "./page-window.ts";
import { PHONE, useMedia } from "./use-media.ts";

interface PaginationProps {
  page: number;
  limit: number;
  total: number;
  /** False where there are more than `total`, which is as far as they were counted. */
  isExact?: boolean;
  /** What is counted, in the plural. */
  noun: string;
  /** Beside the count, for instance the choice of the page size. */
  children?: ReactNode;
}

const PLACE =
  "inline-flex h-8 min-w-8 items-center justify-center rounded-lg text-[13.5px] font-medium max-md:h-11 max-md:min-w-9";
const STEP = "shrink-0 gap-1 border border-strong bg-surface px-2 shadow-control";

/** "Showing 1 to 50 of 250 transactions", Previous, pages to jump to, Next. Pages are links: the page lives in the URL. */
export function Pagination({ page, limit, total, isExact = true, noun, children }: PaginationProps) {
  const narrow = useMedia(PHONE);
  const pages = Math.max(1, Math.ceil(total / limit));
  const first = (page - 1) * limit + 1;
  return (
    <div className="flex items-center justify-between gap-3 rounded-b-2xl border-t border-edge bg-subtle py-2.5 pr-4 pl-5 max-md:flex-col max-md:px-4 max-md:pb-4">
      <div className="flex items-center gap-x-6 gap-y-2 max-md:flex-col">
        <p className="figures text-ink-2">
          Showing {formatCount(first)} to {formatCount(Math.min(page * limit, total))} of{" "}
          {isExact ? formatCount(total) : `more than ${formatCount(total)}`} {noun}
        </p>
        {children}
      </div>
      <nav
        aria-label="Pages"
        className="flex items-center gap-1 max-md:w-full max-md:justify-between max-[359px]:flex-wrap"
      >
        <Step target={page - 1} enabled={page > 1} direction="previous" />
        {pageWindow(page, pages, narrow).map((place, index) =>
          place === "gap" ? (
            <span
              key={`gap-${index < 3 ? "before" : "after"}`}
              className="inline-flex h-8 min-w-8 items-center justify-center text-ink-3 max-md:min-w-4"
            >
              …
            </span>
          ) : (
            <Link
              key={place}
              to="."
              search={(now: object) => ({ ...now, page: place })}
              resetScroll={false}
              aria-label={`Page ${place}`}
              aria-current={place === page ? "page" : undefined}
              className={classNames(
                PLACE,
                "figures px-1.5",
                place === page ? "bg-brand-solid text-white" : "text-ink hover:bg-hover",
              )}
            >
              {place}
            </Link>
          ),
        )}
        <Step target={page + 1} enabled={page < pages} direction="next" />
      </nav>
    </div>
  );
}

function Step({
  target,
  enabled,
  direction,
}: {
  target: number;
  enabled: boolean;
  direction: "previous" | "next";
}) {
  const content =
    direction === "previous" ? (
      <>
        <ChevronLeft size={15} aria-hidden className="max-[389px]:hidden" /> Previous
      </>
    ) : (
      <>
        Next <ChevronRight size={15} aria-hidden className="max-[389px]:hidden" />
      </>
    );
  // A real disabled button at the ends: a link can't be disabled.
  if (!enabled) {
    return (
      <button type="button" disabled className={`${PLACE} ${STEP} text-off`}>
        {content}
      </button>
    );
  }
  return (
    <Link
      to="."
      search={(now: object) => ({ ...now, page: target })}
      resetScroll={false}
      rel={direction === "previous" ? "prev" : "next"}
      className={`${PLACE} ${STEP} text-ink hover:bg-hover`}
    >
      {content}
    </Link>
  );
}
