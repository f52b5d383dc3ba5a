import { type ComponentProps, useId } from "react";

interface FieldProps extends Omit<ComponentProps<"input">, "className" | "id"> {
  label: string;
  hint?: string;
  /** Why what was typed is not accepted. */
  problem?: string | null | undefined;
}

/** A labelled input; its hint and its problem are read with it. */
export function Field({ label, hint, problem, ...input }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-[13.5px] font-[550]">
        {label}
      </label>
      <input
        id={id}
        {...input}
        aria-invalid={problem ? true : undefined}
        aria-describedby={described || undefined}
        className="h-10 w-full rounded-lg border border-strong bg-surface px-3 text-[14px] text-ink shadow-control placeholder:text-ink-3 aria-invalid:border-danger max-md:h-11 max-md:text-[16px]"
      />
      {hint && (
        <p id={`${id}-hint`} className="type-caption text-ink-3">
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} className="type-caption text-danger">
          {problem}
        </p>
      )}
    </div>
  );
}
