import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChartColumn, CreditCard, KeyRound, PhoneCall, Settings, Users } from "lucide-react";
import { useOrganization } from "../api/active-organization.ts";
import { summaryQuery } from "../api/queries.ts";
import { classNames } from "../ui/class-names.ts";

const ITEMS = [
  { to: "/billing", text: "Billing", icon: CreditCard },
  { to: "/call-logs", text: "Call Logs", icon: PhoneCall },
  { to: "/analytics", text: "Analytics", icon: ChartColumn },
  { to: "/api-keys", text: "API Keys", icon: KeyRound },
  { to: "/organization", text: "Organization", icon: Users },
  { to: "/settings", text: "Settings", icon: Settings },
] as const;

/** The Studio's pages. Call Logs carries the number of calls that run now. */
export function NavItems({ icons = false, onFollow }: { icons?: boolean; onFollow?(): void }) {
  const { id } = useOrganization();
  const { data: summary } = useQuery(summaryQuery(id));
  const running = summary?.active_sessions ?? 0;
  return (
    <nav aria-label="Studio" className="flex flex-col gap-0.5 px-3">
      {ITEMS.map(({ to, text, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          search={{}}
          {...(onFollow ? { onClick: onFollow } : {})}
          title={icons ? text : undefined}
          className={classNames(
            "group relative flex h-9 items-center gap-2.5 rounded-lg text-[13.5px] font-medium text-ink-2 transition-colors duration-[120ms] hover:bg-hover hover:text-ink max-md:h-11",
            "aria-[current=page]:bg-selected aria-[current=page]:text-brand-strong",
            "aria-[current=page]:before:absolute aria-[current=page]:before:inset-y-2 aria-[current=page]:before:-left-3 aria-[current=page]:before:w-[3px] aria-[current=page]:before:rounded-r-full aria-[current=page]:before:bg-brand",
            icons ? "justify-center px-0" : "px-2.5",
          )}
        >
          <Icon size={17} strokeWidth={1.75} aria-hidden className="shrink-0" />
          {icons ? <span className="sr-only">{text}</span> : <span className="flex-1">{text}</span>}
          {to === "/call-logs" && running > 0 && <RunningCount running={running} icons={icons} />}
        </Link>
      ))}
    </nav>
  );
}

function RunningCount({ running, icons }: { running: number; icons: boolean }) {
  return (
    <span
      className={classNames(
        "figures inline-flex items-center justify-center rounded-md bg-success-weak font-semibold text-success-text",
        icons
          ? "absolute -top-0.5 -right-0.5 h-4 min-w-4 px-1 text-[11px]"
          : "h-5 min-w-5 px-1.5 text-[12px]",
      )}
    >
      {running}
      <span className="sr-only"> running</span>
    </span>
  );
}
