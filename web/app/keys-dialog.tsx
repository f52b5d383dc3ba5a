import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { SHORTCUTS_KEY } from "./shortcuts.tsx";

const KEYS = [
  ["R", "Refresh the page's numbers"],
  ["/", "Search in Call Logs"],
  ["?", "Show this list"],
  ["↑ ↓", "The row above or below, in a table or a panel's header"],
  ["Enter", "Open the row in focus"],
  ["Esc", "Close a panel, dialog or menu"],
] as const;

/** Lists the keys, and turns the single ones off for those whom they disturb. */
export default function KeysDialog({ onClose }: { onClose(): void }) {
  const [on, setOn] = useState(() => localStorage.getItem(SHORTCUTS_KEY) !== "off");
  const change = (next: boolean) => {
    localStorage.setItem(SHORTCUTS_KEY, next ? "on" : "off");
    setOn(next);
  };
  return (
    <Dialog
      title="Keyboard shortcuts"
      subtitle="They work wherever you are not typing."
      onClose={onClose}
      footer={
        <div className="flex items-center justify-between gap-3">
          <label className="flex items-center gap-2.5">
            <input
              type="checkbox"
              checked={on}
              onChange={(event) => change(event.target.checked)}
              className="size-4 accent-[var(--brand-solid)]"
            />
            Single-key shortcuts
          </label>
          <Button onClick={onClose}>Done</Button>
        </div>
      }
    >
      <dl className="flex flex-col gap-2.5">
        {KEYS.map(([key, effect]) => (
          <div key={key} className="flex items-center justify-between gap-4">
            <dt className="order-2">
              <kbd className="rounded-md border border-strong bg-subtle px-2 py-0.5 font-sans text-[12px] font-[550]">
                {key}
              </kbd>
            </dt>
            <dd className="text-ink-2">{effect}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
