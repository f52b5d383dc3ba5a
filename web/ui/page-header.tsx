import type { ReactNode } from "react";

/** A page's title in brand gradient, its subtitle, and what can be done at the top right. */
export function PageHeader({ title, subtitle, actions, status }: PageHeaderProps) {
  return (
    <header className="flex items-start justify-between gap-4 max-md:flex-col">
      <div className="flex w-full min-w-0 items-start justify-between gap-3">
        <div className="min-w-0">
          <h1 className="type-title title-gradient">{title}</h1>
          <p className="mt-0.5 text-[14px] leading-5 text-ink-2">{subtitle}</p>
        </div>
        {status && <div className="pt-2 md:hidden">{status}</div>}
      </div>
      <div className="flex shrink-0 items-center gap-3 max-md:w-full max-md:gap-2">
        {status && <div className="mr-1 max-md:hidden">{status}</div>}
        {actions}
      </div>
    </header>
  );
}

interface PageHeaderProps {
  title: string;
  subtitle: string;
  actions?: ReactNode;
  /** Beside the actions; on phones beside the title. */
  status?: ReactNode;
}
