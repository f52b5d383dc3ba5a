import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import type { Transaction } from "../../api/records.ts";
import { Badge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Money } from "../../ui/money.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { amountColor, transactionLook } from "../detail/transaction-look.ts";

export interface HistoryRowsProps {
  transactions: Transaction[];
  arrivals: ReadonlySet<string>;
  busy: boolean;
}

const HEAD = "h-[33px] px-3 text-left text-[12.5px] font-medium tracking-normal text-ink-2";
const CELL = "h-[42px] px-3 py-1.5";

/** The history as a table, from 768 px on. */
export function HistoryTable({ transactions, arrivals, busy }: HistoryRowsProps) {
  return (
    <table aria-busy={busy} aria-label="Transaction History" className="w-full border-collapse">
      <thead className="bg-subtle">
        <tr className="border-y border-edge">
          <th scope="col" className={`${HEAD} w-[168px] pl-5 max-lg:w-[124px] xl:w-[188px]`}>
            Date & Time
          </th>
          <th scope="col" className={`${HEAD} w-[98px] xl:w-[116px]`}>
            Type
          </th>
          <th scope="col" className={HEAD}>
            Description
          </th>
          <th scope="col" className={`${HEAD} w-[104px] text-right xl:w-[132px]`}>
            Amount
          </th>
          <th scope="col" className={`${HEAD} w-[104px] text-right xl:w-[132px]`}>
            Balance
          </th>
          <td className="w-8 pr-4 pl-3" />
        </tr>
      </thead>
      <tbody>
        {transactions.map((transaction) => (
          <HistoryTableRow
            key={transaction.id}
            transaction={transaction}
            arrived={arrivals.has(transaction.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

function HistoryTableRow({ transaction, arrived }: { transaction: Transaction; arrived: boolean }) {
  const { word, icon, tone } = transactionLook(transaction.type);
  return (
    <tr
      className={classNames(
        "group relative border-t border-hair transition-colors duration-[120ms] first:border-t-0 hover:bg-hover",
        "has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-focus",
        arrived && "row-arrived",
      )}
    >
      <td className={`${CELL} relative pl-5 max-lg:[&>time]:whitespace-normal`}>
        <TimeStamp instant={transaction.created_at} />
      </td>
      <td className={`${CELL} relative`}>
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      </td>
      <td className={CELL}>
        {arrived && <span className="row-tint" />}
        <RowLink transaction={transaction}>
          <span className="relative">{transaction.description}</span>
        </RowLink>
      </td>
      <td
        className={`${CELL} relative text-right font-[550] tracking-normal ${amountColor(transaction.amount)}`}
      >
        <Money credits={transaction.amount} signed />
      </td>
      <td className={`${CELL} relative text-right text-ink-2`}>
        <Money credits={transaction.balance_after} />
      </td>
      <td className="relative pr-4 pl-3">
        <ChevronRight
          size={16}
          aria-hidden
          className="text-off transition-colors duration-[120ms] group-hover:text-ink"
        />
      </td>
    </tr>
  );
}

/** The history as a list, for phones: the description is never cut. */
export function HistoryList({ transactions, arrivals, busy }: HistoryRowsProps) {
  return (
    <ul aria-busy={busy} aria-label="Transaction History" className="border-t border-edge">
      {transactions.map((transaction) => (
        <HistoryListRow
          key={transaction.id}
          transaction={transaction}
          arrived={arrivals.has(transaction.id)}
        />
      ))}
    </ul>
  );
}

const CIRCLES = {
  green: "bg-success-weak text-success-text",
  red: "bg-danger-weak text-danger-text",
  gray: "bg-neutral-weak text-neutral-text",
  brand: "",
  amber: "",
};

function HistoryListRow({ transaction, arrived }: { transaction: Transaction; arrived: boolean }) {
  const { word, icon: Icon, tone } = transactionLook(transaction.type);
  const cut = transaction.description.indexOf(" - ");
  const head = cut < 0 ? transaction.description : transaction.description.slice(0, cut);
  const rest = cut < 0 ? "" : transaction.description.slice(cut + 3);
  return (
    <li
      className={classNames(
        "relative flex gap-3 border-t border-hair px-4 py-3 first:border-t-0 active:bg-hover",
        "has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-focus",
        arrived && "row-arrived",
      )}
    >
      {arrived && <span className="row-tint" />}
      <span
        className={`relative inline-flex size-8 shrink-0 items-center justify-center rounded-full ${CIRCLES[tone]}`}
      >
        <Icon size={16} aria-hidden />
        <span className="sr-only">{word}</span>
      </span>
      <div className="min-w-0 flex-1">
        <RowLink transaction={transaction}>
          <span className="relative block text-[14px] leading-5 font-[550]">
            {head}
            {/* The separator stays in the text, for copying, but takes no room where the line breaks. */}
            {rest && <span className="text-[0px] whitespace-pre"> - </span>}
          </span>
          {rest && (
            <span className="relative block text-[13px] leading-[18px] break-words text-ink-2">{rest}</span>
          )}
        </RowLink>
        <div className="relative text-[12.5px] leading-[18px] text-ink-3">
          <TimeStamp instant={transaction.created_at} />
        </div>
      </div>
      <div className="relative text-right">
        <div className={`text-[14px] leading-5 font-semibold ${amountColor(transaction.amount)}`}>
          <Money credits={transaction.amount} signed />
        </div>
        <div className="text-[12.5px] leading-[18px] text-ink-3">
          <Money credits={transaction.balance_after} />
        </div>
      </div>
    </li>
  );
}

/** Stretched over its whole row. A link, so that the panel has an address; Space opens it too, as on a button, and the
 *  arrows go to the row above or below. */
function RowLink({ transaction, children }: { transaction: Transaction; children: ReactNode }) {
  return (
    <Link
      to="/billing"
      search={(now: object) => ({ ...now, transaction: transaction.id })}
      state={{ overPage: true }}
      resetScroll={false}
      onKeyDown={onRowKey}
      className="outline-none after:absolute after:inset-0 after:z-10"
    >
      {children}
    </Link>
  );
}

function onRowKey(event: KeyboardEvent<HTMLAnchorElement>): void {
  const { key, currentTarget } = event;
  const row = currentTarget.closest("tr, li");
  if (key === " ") currentTarget.click();
  else if (key === "ArrowDown") focusLink(row?.nextElementSibling);
  else if (key === "ArrowUp") focusLink(row?.previousElementSibling);
  else return;
  event.preventDefault();
}

function focusLink(row: Element | null | undefined): void {
  row?.querySelector("a")?.focus();
}
