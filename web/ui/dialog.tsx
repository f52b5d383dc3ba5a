import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { IconButton } from "./icon-button.tsx";
import { useClosing } from "./use-closing.ts";

interface DialogProps {
  title: string;
  subtitle: string;
  onClose(): void;
  /** Its size from 640 px on; below, a sheet at the bottom. */
  wide?: boolean;
  footer: ReactNode;
  children: ReactNode;
}

/** A modal dialog, open while it is rendered. Escape and the scrim close it; focus returns to where it was. */
export function Dialog({ title, subtitle, onClose, wide = false, footer, children }: DialogProps) {
  const { open, onOpenChange, onCloseAutoFocus } = useClosing(onClose);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="scrim-motion fixed inset-0 z-50 bg-scrim" />
        <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center p-4 max-sm:items-end max-sm:p-0">
          <Primitive.Content
            onOpenAutoFocus={focusChoice}
            onCloseAutoFocus={onCloseAutoFocus}
            className={`dialog-motion pointer-events-auto flex max-h-[calc(100dvh-32px)] w-full flex-col overflow-hidden rounded-[20px] bg-surface shadow-dialog outline-none max-sm:max-h-[92dvh] max-sm:rounded-b-none dark:border dark:border-edge ${wide ? "max-w-[720px]" : "max-w-[480px]"}`}
          >
            <div className="flex items-start justify-between gap-4 px-6 pt-5 pb-4 max-sm:px-5">
              <div>
                <Primitive.Title className="text-[20px] leading-7 font-bold tracking-[-0.018em]">
                  {title}
                </Primitive.Title>
                <Primitive.Description className="text-[14px] leading-5 text-ink-2">
                  {subtitle}
                </Primitive.Description>
              </div>
              <Primitive.Close asChild>
                <IconButton icon={X} label="Close" className="-mr-2" />
              </Primitive.Close>
            </div>
            <div className="overflow-y-auto px-6 pt-1 pb-5 max-sm:px-5">{children}</div>
            <div className="border-t border-edge bg-subtle px-6 py-4 max-sm:px-5 max-sm:pb-[max(16px,env(safe-area-inset-bottom))]">
              {footer}
            </div>
          </Primitive.Content>
        </div>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Focus starts on what is to be chosen or filled in, if anything is, else on Close. */
function focusChoice(event: Event): void {
  if (!(event.target instanceof HTMLElement)) return;
  const choice =
    event.target.querySelector<HTMLElement>("input:checked") ?? event.target.querySelector("input");
  if (choice === null) return;
  event.preventDefault();
  choice.focus();
}
