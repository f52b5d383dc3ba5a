import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { IconButton } from "../ui/icon-button.tsx";
import { useClosing } from "../ui/use-closing.ts";
import { Brand } from "./brand.tsx";
import { NavItems } from "./nav-items.tsx";
import { NavFooter } from "./sidebar.tsx";

/** The sidebar of phones: over the page, from the left. */
export default function NavDrawer({ onClose }: { onClose(): void }) {
  const { open, onOpenChange, onCloseAutoFocus } = useClosing(onClose);
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim-motion fixed inset-0 z-50 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={onCloseAutoFocus}
          className="dialog-motion fixed inset-y-0 left-0 z-50 flex w-[280px] flex-col bg-surface shadow-dialog outline-none"
        >
          <div className="flex h-14 items-center justify-between pr-2 pl-5">
            <Brand />
            <Dialog.Close asChild>
              <IconButton icon={X} label="Close" />
            </Dialog.Close>
          </div>
          <Dialog.Title className="px-[22px] pt-2 pb-1.5 text-[14px] font-semibold text-brand">
            Studio
          </Dialog.Title>
          <NavItems onFollow={onClose} />
          <NavFooter />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
