import { ArrowDownRight, CreditCard, type LucideIcon, TrendingUp, Wallet } from "lucide-react";
import type { ReactNode } from "react";
import type { Summary } from "../../api/records.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatCount, formatDollars } from "../../ui/format-money.ts";
import { Money, RollingMoney } from "../../ui/money.tsx";

/** The four cards. Purchased, used and left stand side by side, so that they can be checked against each other. */
export function SummaryCards({ summary }: { summary: Summary }) {
  return (
    <section aria-label="Credits at a glance" className={CARD_GRID}>
      <BalanceCard summary={summary} />
      <Card
        label="Total Top-ups"
        icon={TrendingUp}
        caption="Credits added"
        look="card-topups text-white [--caption:#ffffffd9]"
      >
        <span className="text-[color:var(--topups-number)]">
          <Money credits={summary.total_topups} decimals={2} signed />
        </span>
      </Card>
      <Card
        label="Total Usage"
        icon={ArrowDownRight}
        caption="Credits consumed"
        look="card-usage text-ink [--caption:var(--text-2)]"
      >
        <span className="text-[color:var(--usage-number)]">
          <Money credits={-summary.total_usage} decimals={2} />
        </span>
      </Card>
      <Card
        label="Total Transactions"
        icon={CreditCard}
        caption="All time"
        look="card-transactions text-white [--caption:#ffffffd9]"
        strip
      >
        <span className="figures">{formatCount(summary.total_transactions)}</span>
      </Card>
    </section>
  );
}

const CARD_GRID =
  "grid gap-4 lg:max-xl:gap-3 grid-cols-2 max-sm:gap-3 lg:grid-cols-[1.32fr_1fr_1fr_1fr] max-sm:[&>:first-child]:col-span-2 max-sm:[&>:last-child]:col-span-2";

/** On phones: label and caption at the left, the number at the right. */
const STRIP = "max-sm:grid max-sm:min-h-16 max-sm:grid-cols-[1fr_auto] max-sm:items-center max-sm:py-2.5";

interface CardProps {
  label: string;
  icon: LucideIcon;
  caption: ReactNode;
  look: string;
  numberClass?: string;
  /** On phones a low strip: label at the left, number at the right. */
  strip?: boolean;
  children: ReactNode;
}

function Card({
  label,
  icon: Icon,
  caption,
  look,
  numberClass = "type-number",
  strip = false,
  children,
}: CardProps) {
  return (
    <div
      className={classNames(
        "relative flex flex-col rounded-2xl px-5 py-[18px] max-sm:px-4 max-[359px]:px-3 sm:min-h-[132px] lg:max-xl:px-3.5",
        strip ? STRIP : "max-sm:min-h-[112px] max-sm:py-3.5",
        look,
      )}
    >
      <div
        className={classNames(
          "flex items-center justify-between",
          strip && "max-sm:flex-row-reverse max-sm:justify-end max-sm:gap-2",
        )}
      >
        <h2 className="text-[13.5px] leading-5 font-medium tracking-normal whitespace-nowrap opacity-95 lg:max-xl:text-[12.5px] max-[359px]:text-[13px]">
          {label}
        </h2>
        <Icon size={18} aria-hidden strokeWidth={1.75} className="shrink-0" />
      </div>
      <div className={classNames("mt-auto pb-0.5", numberClass, strip && "max-sm:row-span-2 max-sm:mt-0")}>
        {children}
      </div>
      <div className="type-caption max-[359px]:text-[12px] text-[color:var(--caption)]">{caption}</div>
    </div>
  );
}

function BalanceCard({ summary }: { summary: Summary }) {
  const negative = summary.balance < 0;
  const graceLeft = Math.max(0, summary.grace_limit + summary.balance);
  const held = summary.held > 0 ? <Held {...summary} /> : null;
  const aside = negative ? <GraceLeft left={graceLeft} limit={summary.grace_limit} /> : held;
  return (
    <Card
      label="Current Balance"
      icon={Wallet}
      numberClass="type-balance max-sm:pt-4"
      look={
        negative
          ? "border border-danger-edge bg-danger-weak text-danger-text [--caption:var(--danger-text)]"
          : "card-balance text-white [--caption:#ffffffe0]"
      }
      caption={
        <span className="flex flex-wrap justify-between gap-x-3">
          <span>Available credits</span>
          {aside && <span className="figures">{aside}</span>}
        </span>
      }
    >
      <span data-testid="balance" className={negative ? "text-danger" : undefined}>
        <RollingMoney credits={summary.balance} />
      </span>
      {negative && <GraceMeter used={summary.grace_limit > 0 ? -summary.balance / summary.grace_limit : 1} />}
    </Card>
  );
}

/** Where the card is narrow, without the whole: the meter shows it. */
function GraceLeft({ left, limit }: { left: number; limit: number }) {
  return (
    <>
      {formatDollars(left)}
      <span className="lg:max-[1359px]:hidden"> of {formatDollars(limit)}</span> grace left
    </>
  );
}

/** Where the card is narrow, without by whom: the running calls stand below. */
function Held({ held, active_sessions }: Summary) {
  const calls = active_sessions === 1 ? "call" : "calls";
  return (
    <>
      {formatDollars(held)} held
      {active_sessions > 0 && (
        <span className="lg:max-xl:hidden">
          {" "}
          by {active_sessions} {calls}
        </span>
      )}
    </>
  );
}

/** How much of the grace is used. @param used from 0 to 1. */
function GraceMeter({ used }: { used: number }) {
  const percent = Math.round(Math.min(1, used) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a meter element can't be 4 px high in every browser
    <div
      role="meter"
      aria-label="Grace used"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="absolute inset-x-5 bottom-2 h-1 overflow-hidden rounded-full bg-danger/25"
    >
      <div className="h-full rounded-full bg-danger" style={{ width: `${percent}%` }} />
    </div>
  );
}

/** The four cards' boxes while they are loading. */
export function SummaryCardsLoading() {
  return (
    <section aria-label="Loading credits" aria-busy="true" className={CARD_GRID}>
      {["balance", "topups", "usage", "transactions"].map((name) => (
        <div
          key={name}
          data-skeleton="card"
          className="flex min-h-[132px] flex-col rounded-2xl border border-edge bg-surface px-5 py-[18px] max-sm:min-h-[112px]"
        >
          <div className="skeleton h-3.5 w-24 rounded-full" />
          <div className="skeleton mt-auto h-8 w-32" />
          <div className="skeleton mt-2 h-3 w-20 rounded-full" />
        </div>
      ))}
    </section>
  );
}
