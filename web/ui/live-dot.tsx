import { classNames } from "./class-names.ts";

/** A dot with a halo; green while something lives, amber while it is cut. */
export function LiveDot({ on = true, large = false }: { on?: boolean; large?: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "inline-flex shrink-0 items-center justify-center rounded-full",
        large ? "size-3.5" : "size-3",
        on ? "bg-success/20 text-success" : "bg-warning/20 text-warning",
      )}
    >
      <span className={classNames("rounded-full bg-current", large ? "size-2" : "size-1.5")} />
    </span>
  );
}
