import { Check, ChevronDown } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { classNames } from "./class-names.ts";

export interface SelectOption<Value> {
  value: Value;
  text: string;
}

interface SelectProps<Value> {
  label: string;
  value: Value;
  options: readonly SelectOption<Value>[];
  onChange(value: Value): void;
  /** Shown in the button before the value, as in "Show 10". */
  prefix?: string;
  /** Which edge of the button its list keeps to, where it is the wider. */
  align?: "start" | "end";
  className?: string;
}

/** A select-only combobox with a real listbox (ARIA Authoring Practices): arrows, Home, End, first letters, Enter, Escape. */
export function Select<Value extends string | number>(props: SelectProps<Value>) {
  const { label, options, prefix, align = "end", className } = props;
  const id = useId();
  const { button, active, current, choose, setActive, onKeyDown } = useListbox(props);
  const list = { id, label, options, align, current, onChoose: choose, onActive: setActive };
  return (
    <div className={classNames("relative", className)}>
      <button
        ref={button}
        type="button"
        role="combobox"
        aria-label={label}
        aria-haspopup="listbox"
        aria-expanded={active !== null}
        aria-controls={`${id}-list`}
        aria-activedescendant={active === null ? undefined : `${id}-${active}`}
        onClick={() => setActive(active === null ? Math.max(0, current) : null)}
        onKeyDown={onKeyDown}
        onBlur={() => setActive(null)}
        className="flex h-9 w-full items-center gap-2 rounded-lg border border-strong bg-surface pr-2.5 pl-3 text-[13.5px] font-medium text-ink shadow-control transition-colors duration-[120ms] hover:bg-hover max-md:h-11"
      >
        {prefix && <span className="font-normal text-ink-3">{prefix}</span>}
        <span className="figures flex-1 truncate text-left">{options[current]?.text ?? ""}</span>
        <ChevronDown size={15} aria-hidden className="text-ink-3" />
      </button>
      {active !== null && <OptionList {...list} active={active} />}
    </div>
  );
}

function useListbox<Value extends string | number>({ value, options, onChange }: SelectProps<Value>) {
  const [active, setActive] = useState<number | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const current = options.findIndex((option) => option.value === value);
  const choose = (index: number) => {
    setActive(null);
    button.current?.focus();
    const option = options[index];
    if (option && option.value !== value) onChange(option.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const texts = options.map((option) => option.text);
    const step = listboxStep(event.key, active, Math.max(0, current), texts);
    if (step === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (step.kind === "choose") choose(step.index);
    else setActive(step.kind === "close" ? null : step.index);
  };
  return { button, active, current, choose, setActive, onKeyDown };
}

interface OptionListProps<Value> {
  id: string;
  label: string;
  options: readonly SelectOption<Value>[];
  align: "start" | "end";
  current: number;
  active: number;
  onChoose(index: number): void;
  onActive(index: number): void;
}

function OptionList<Value extends string | number>(props: OptionListProps<Value>) {
  const { id, label, options, align, current, active, onChoose, onActive } = props;
  useEffect(() => {
    const option = document.getElementById(`${id}-${active}`);
    const list = option?.parentElement;
    // A list that is shown whole has nothing to scroll, and must not move the page.
    if (list && list.scrollHeight > list.clientHeight) option.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  return (
    <div
      role="listbox"
      id={`${id}-list`}
      aria-label={label}
      className={classNames(
        "menu-motion absolute top-full z-30 mt-1.5 max-h-80 w-max max-w-[min(20rem,calc(100vw-48px))] min-w-full overflow-y-auto rounded-[10px] border border-edge bg-surface p-1 shadow-floating",
        align === "end" ? "right-0" : "left-0",
      )}
    >
      {options.map((option, index) => (
        // The combobox keeps focus and handles the keys; the option only takes the pointer.
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the combobox's, by aria-activedescendant
        // biome-ignore lint/a11y/useFocusableInteractive: an active descendant is not focusable
        <div
          key={option.value}
          role="option"
          id={`${id}-${index}`}
          aria-selected={index === current}
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => onActive(index)}
          onClick={() => onChoose(index)}
          className={classNames(
            "figures flex h-[34px] items-center justify-between gap-3 rounded-md px-2.5 text-[13.5px] max-md:h-11",
            index === active ? "bg-selected font-[550] text-brand-strong" : "text-ink",
          )}
        >
          <span className="truncate">{option.text}</span>
          {index === current ? (
            <Check size={15} aria-hidden className="shrink-0 text-brand" />
          ) : (
            <span className="w-[15px] shrink-0" />
          )}
        </div>
      ))}
    </div>
  );
}

export type ListboxStep =
  | { kind: "move"; index: number }
  | { kind: "choose"; index: number }
  | { kind: "close" };

/** What a key does to a listbox, or null when the key is not the listbox's. @param active null while it is closed. */
export function listboxStep(
  key: string,
  active: number | null,
  current: number,
  texts: readonly string[],
): ListboxStep | null {
  const last = texts.length - 1;
  if (active === null) {
    return ["ArrowDown", "ArrowUp", "Enter", " "].includes(key) ? { kind: "move", index: current } : null;
  }
  switch (key) {
    case "ArrowDown":
      return { kind: "move", index: Math.min(last, active + 1) };
    case "ArrowUp":
      return { kind: "move", index: Math.max(0, active - 1) };
    case "Home":
      return { kind: "move", index: 0 };
    case "End":
      return { kind: "move", index: last };
    case "Enter":
    case " ":
      return { kind: "choose", index: active };
    case "Escape":
      return { kind: "close" };
    default:
      return startingWith(key, active, texts);
  }
}

function startingWith(key: string, active: number, texts: readonly string[]): ListboxStep | null {
  if (key.length !== 1) return null;
  const order = [...texts.keys()].map((step) => (active + 1 + step) % texts.length);
  const found = order.find((index) => texts[index]?.toLowerCase().startsWith(key.toLowerCase()));
  return found === undefined ? null : { kind: "move", index: found };
}
