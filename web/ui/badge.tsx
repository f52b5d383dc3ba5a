import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const TONES = {
  green: "bg-success-weak text-success-text",
  red: "bg-danger-weak text-danger-text",
  gray: "bg-neutral-weak text-neutral-text",
  brand: "bg-selected text-brand-strong",
  amber: "bg-warning-weak text-warning-text",
};

export type BadgeTone = keyof typeof TONES;

/** A word with an icon or a dot in a tinted pill: color never stands alone. */
export function Badge({ tone, icon: Icon, dot = false, children }: BadgeProps) {
  return (
    <span
      className={classNames(
        "inline-flex h-[22px] align-middle items-center gap-1.5 rounded-md px-2 text-[12.5px] leading-4 font-[550] tracking-normal whitespace-nowrap",
        TONES[tone],
      )}
    >
      {Icon && <Icon size={14} aria-hidden strokeWidth={2} className="-ml-0.5" />}
      {dot && <span className="size-1.5 rounded-full bg-current" />}
      {children}
    </span>
  );
}

interface BadgeProps {
  tone: BadgeTone;
  icon?: LucideIcon | undefined;
  dot?: boolean;
  children: ReactNode;
}
