import type { ReactNode } from "react";

/** Facts in columns: name above, value below. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-3 gap-x-4 gap-y-4 max-sm:grid-cols-2">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="type-caption text-ink-2">{name}</dt>
      <dd className="mt-0.5 text-[13.5px] leading-5 font-[550] break-words">{children}</dd>
    </div>
  );
}

/** Beside a value, in the lighter tone. */
export function Aside({ children }: { children: ReactNode }) {
  return <span className="figures ml-1 font-normal text-ink-3">{children}</span>;
}
