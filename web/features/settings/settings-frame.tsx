import { Link, Outlet } from "@tanstack/react-router";
import { PageHeader } from "../../ui/page-header.tsx";

const TABS = [
  { to: "/settings", text: "Alerts & limits" },
  { to: "/settings/webhooks", text: "Webhooks" },
  { to: "/settings/statements", text: "Statements" },
  { to: "/settings/audit", text: "Audit log" },
] as const;

/** The parts of Settings, each with an address of its own. */
export function SettingsFrame() {
  return (
    <div className="flex flex-col gap-4">
      <PageHeader title="Settings" subtitle="When to warn and stop, whom to tell, and what to file" />
      <nav
        aria-label="Settings"
        className="-mt-1 flex gap-1 overflow-x-auto max-md:justify-between max-md:gap-0 border-b border-edge"
      >
        {TABS.map(({ to, text }) => (
          <Link
            key={to}
            to={to}
            search={{}}
            activeOptions={{ exact: to === "/settings" }}
            className="-mb-px inline-flex h-10 shrink-0 items-center rounded-t-lg border-b-2 border-transparent px-3 text-[14px] font-medium text-ink-2 -outline-offset-2 hover:text-ink aria-[current=page]:border-brand aria-[current=page]:text-brand-strong max-md:h-11 max-md:px-1.5 max-md:text-[13.5px]"
          >
            {text}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}
