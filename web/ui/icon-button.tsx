import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

/** A button that is only an icon; its label is read aloud and shown as its title. */
export function IconButton({ icon: Icon, label, size = 18, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classNames(
        "inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-ink-2 transition duration-[120ms] hover:bg-hover hover:text-ink active:scale-95 disabled:text-off disabled:hover:bg-transparent max-md:size-11",
        className,
      )}
    >
      <Icon size={size} aria-hidden strokeWidth={1.75} />
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "title"> {
  icon: LucideIcon;
  label: string;
  size?: number;
}
