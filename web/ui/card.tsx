import { type ReactNode, useId } from "react";

interface CardProps {
  title: string;
  subtitle?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A titled white box; its content reaches to its edges. */
export function Card({ title, subtitle, actions, children }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-2xl border border-edge bg-surface shadow-panel">
      <div className="flex flex-wrap items-center justify-between gap-3 px-5 py-3.5 max-md:px-4">
        <div>
          <h2 id={id} className="type-section text-brand">
            {title}
          </h2>
          {subtitle && <p className="text-[13px] leading-[18px] text-ink-3">{subtitle}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
