import type { ReactNode } from "react";

/** A page's title in brand gradient, its subtitle, and what can be done at the top right. */
export function PageHeader({ title, subtitle, actions, status }: PageHeaderProps) {
  return (
    <header className="mb-1 flex items-start justify-between gap-4 max-md:mb-0 max-md:flex-col">
      <div className="w-full min-w-0">
        <div className="flex items-center justify-between gap-3">
          <h1 className="type-title title-gradient">{title}</h1>
          {status && <div className="md:hidden">{status}</div>}
        </div>
        <p className="mt-0.5 text-[14px] leading-5 text-ink-2">{subtitle}</p>
      </div>
      {(status || actions) && (
        <div className="flex shrink-0 items-center gap-3 max-md:w-full max-md:gap-2">
          {status && <div className="mr-1 max-md:hidden">{status}</div>}
          {actions}
        </div>
      )}
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
