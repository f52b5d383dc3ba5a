import { Check, type LucideIcon } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { MenuButtonProps } from "./menu-button.tsx";

export type MenuEntry =
  | { kind: "action"; text: string; icon?: LucideIcon; onSelect(): void }
  | { kind: "choice"; text: string; detail?: string; chosen: boolean; onSelect(): void }
  | { kind: "heading"; text: string; detail?: string }
  | { kind: "rule"; id: string };

const ITEM =
  "flex min-h-[34px] cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1 text-[13.5px] leading-5 outline-none data-[highlighted]:bg-selected data-[highlighted]:text-brand-strong max-md:min-h-11";

/** A button with its menu, open from the start: it is loaded by the click that opens it. */
export default function Menu({ label, face, entries, align, className }: MenuButtonProps) {
  return (
    <DropdownMenu.Root defaultOpen modal={false}>
      <DropdownMenu.Trigger aria-label={label} className={className}>
        {face}
      </DropdownMenu.Trigger>
      {/* Not at the page's end, where it would lie outside of every landmark. */}
      <DropdownMenu.Content
        align={align}
        sideOffset={6}
        collisionPadding={12}
        className="menu-motion z-50 max-w-80 min-w-56 rounded-[10px] border border-edge bg-surface p-1 text-left shadow-floating"
      >
        {entries.map((entry) => (
          <Entry key={entry.kind === "rule" ? entry.id : entry.text} entry={entry} />
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}

function Entry({ entry }: { entry: MenuEntry }) {
  switch (entry.kind) {
    case "rule":
      return <DropdownMenu.Separator className="mx-1.5 my-1 h-px bg-hair" />;
    case "heading":
      return (
        <DropdownMenu.Label className="px-2.5 py-1.5">
          <div className="truncate text-[13.5px] font-semibold">{entry.text}</div>
          {entry.detail && <div className="type-caption truncate text-ink-3">{entry.detail}</div>}
        </DropdownMenu.Label>
      );
    case "choice":
      return (
        <DropdownMenu.CheckboxItem checked={entry.chosen} onSelect={entry.onSelect} className={ITEM}>
          <span className="flex-1 truncate">{entry.text}</span>
          {entry.detail && <span className="type-caption text-ink-3">{entry.detail}</span>}
          <span className="w-4 text-brand">{entry.chosen && <Check size={15} aria-hidden />}</span>
        </DropdownMenu.CheckboxItem>
      );
    case "action":
      return (
        <DropdownMenu.Item onSelect={entry.onSelect} className={ITEM}>
          {entry.icon && <entry.icon size={16} strokeWidth={1.75} aria-hidden className="text-ink-3" />}
          {entry.text}
        </DropdownMenu.Item>
      );
  }
}
