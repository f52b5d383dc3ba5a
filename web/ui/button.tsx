import type { LucideIcon } from "lucide-react";
import { type ComponentProps, useId } from "react";
import { classNames } from "./class-names.ts";
import { Spinner } from "./spinner.tsx";

export interface ButtonProps extends Omit<ComponentProps<"button">, "className"> {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
  icon?: LucideIcon;
  busy?: boolean;
  /** Why the button may not be used now. It stays focusable, so that the reason can be read. */
  blockedReason?: string | null | undefined;
  className?: string;
}

const LOOKS = {
  add: "bg-add text-white shadow-control ring-1 ring-inset ring-white/12 hover:bg-add-hover",
  outline: "bg-surface text-ink border border-strong shadow-control hover:bg-hover",
  brand: "bg-brand-solid text-white shadow-control hover:brightness-90",
  danger: "bg-surface text-danger border border-danger-edge shadow-control hover:bg-danger-weak",
  ghost: "text-ink-2 hover:bg-hover hover:text-ink",
};

const SIZES = {
  small: "h-8 max-md:h-11 px-3 text-[13px] leading-5 font-semibold",
  normal: "h-10 px-4 type-button",
  large: "h-10 max-sm:h-12 px-4 type-button",
};

/** A button of the Studio. Busy: the spinner takes the icon's place and clicks are ignored. */
export function Button({
  look = "outline",
  size = "normal",
  icon: Icon,
  busy = false,
  blockedReason,
  ...rest
}: ButtonProps) {
  const { className, children, onClick, ...attributes } = rest;
  const reasonId = useId();
  const blocked = Boolean(blockedReason);
  const button = (
    <button
      type="button"
      {...attributes}
      aria-busy={busy || undefined}
      aria-disabled={blocked || busy || undefined}
      aria-describedby={blocked ? reasonId : undefined}
      disabled={attributes.disabled}
      onClick={blocked || busy ? (event) => event.preventDefault() : onClick}
      className={classNames(
        "inline-flex shrink-0 items-center justify-center gap-2 rounded-lg whitespace-nowrap transition duration-[120ms] select-none",
        "disabled:text-off disabled:shadow-none",
        SIZES[size],
        blocked ? "bg-neutral-weak text-ink-3 border border-edge" : LOOKS[look],
        blocked || busy ? "cursor-not-allowed" : "active:scale-[0.98]",
        className,
      )}
    >
      {busy ? <Spinner size={16} /> : Icon ? <Icon size={16} aria-hidden strokeWidth={2} /> : null}
      {children}
    </button>
  );
  if (!blockedReason) return button;
  return (
    <span className="group/reason relative inline-flex max-sm:flex-1 max-sm:[&>button]:flex-1">
      {button}
      <Reason id={reasonId}>{blockedReason}</Reason>
    </span>
  );
}

/** Why something is not allowed, shown under it on hover and focus; screen readers hear it as the description. */
function Reason({ id, children }: { id: string; children: string }) {
  return (
    <span
      role="tooltip"
      id={id}
      className="pointer-events-none absolute top-full right-0 z-40 mt-2 w-max max-w-[min(22rem,calc(100vw-32px))] rounded-lg bg-[#17151f] px-3 py-2 text-[12.5px] leading-4 font-medium text-white opacity-0 shadow-floating transition-opacity duration-[120ms] group-focus-within/reason:opacity-100 group-hover/reason:opacity-100 dark:bg-[#2a2838]"
    >
      {children}
    </span>
  );
}
