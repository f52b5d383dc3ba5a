import type { ReactNode } from "react";

/** Scrolls what is too wide, by keys too. */
export function ScrollSideways({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fields are in it
    <div
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys
      tabIndex={0}
      className="overflow-x-auto rounded-b-2xl -outline-offset-2"
    >
      {children}
    </div>
  );
}
