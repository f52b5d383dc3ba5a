import { type ComponentProps, useId } from "react";

interface SelectFieldProps extends Omit<ComponentProps<"select">, "className" | "id"> {
  label: string;
  options: readonly { value: string; text: string }[];
}

/** A labelled choice inside a form, the system's own: its list is never cut off by a dialog, and is large on phones. */
export function SelectField({ label, options, ...select }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-[13.5px] font-[550]">
        {label}
      </label>
      <select
        id={id}
        {...select}
        className="h-10 w-full rounded-lg border border-strong bg-surface px-3 text-[14px] text-ink shadow-control max-md:h-11 max-md:text-[16px]"
      >
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
