import { ChevronDown, ChevronUp, X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import type { KeyboardEvent, ReactNode } from "react";
import { IconButton } from "./icon-button.tsx";
import { useClosing } from "./use-closing.ts";

interface SidePanelProps {
  title: string;
  badges?: ReactNode;
  subtitle?: ReactNode;
  footer?: ReactNode;
  onClose(): void;
  /** To the row above or below; absent where there is none. */
  onPrevious?: (() => void) | undefined;
  onNext?: (() => void) | undefined;
  children: ReactNode;
}

/** A panel at the right over the page, full screen on phones; header and footer stay in place. Open while it is rendered. */
export function SidePanel(props: SidePanelProps) {
  const { subtitle, footer, children } = props;
  const { open, onOpenChange, onCloseAutoFocus } = useClosing(props.onClose);
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="scrim-motion fixed inset-0 z-50 bg-scrim" />
        <Primitive.Content
          {...(subtitle ? {} : { "aria-describedby": undefined })}
          className="panel-motion fixed inset-y-0 right-0 z-50 flex w-full flex-col bg-surface shadow-dialog outline-none md:w-[600px] dark:border-l dark:border-edge"
          onOpenAutoFocus={focusClose}
          onCloseAutoFocus={onCloseAutoFocus}
        >
          <PanelHeader {...props} />
          <div className="flex-1 overflow-y-auto px-6 py-5 max-md:px-4">{children}</div>
          {footer && <div className="border-t border-edge px-6 py-3 max-md:px-4">{footer}</div>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function PanelHeader({ title, badges, subtitle, onPrevious, onNext }: SidePanelProps) {
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === "ArrowUp") onPrevious?.();
    if (key === "ArrowDown") onNext?.();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the buttons inside, which bubble here
    <div className="flex items-start gap-2 border-b border-edge px-6 py-4 max-md:px-4" onKeyDown={onKeyDown}>
      <div className="min-w-0 flex-1">
        <div className="mb-0.5 flex flex-wrap items-center gap-x-2 gap-y-1">
          <Primitive.Title className="mr-0.5 text-[19px] leading-7 font-bold tracking-[-0.018em]">
            {title}
          </Primitive.Title>
          {badges}
        </div>
        {subtitle && (
          <Primitive.Description className="text-[14px] leading-5 text-ink-2">
            {subtitle}
          </Primitive.Description>
        )}
      </div>
      <div className="flex gap-0.5">
        {(onPrevious || onNext) && (
          <>
            <IconButton icon={ChevronUp} label="Previous row" disabled={!onPrevious} onClick={onPrevious} />
            <IconButton icon={ChevronDown} label="Next row" disabled={!onNext} onClick={onNext} />
          </>
        )}
        <Primitive.Close asChild>
          <IconButton icon={X} label="Close" data-close className="ml-1 border border-edge" />
        </Primitive.Close>
      </div>
    </div>
  );
}

/** Focus starts on Close, whatever stands before it. */
function focusClose(event: Event): void {
  const close = event.target instanceof HTMLElement ? event.target.querySelector("[data-close]") : null;
  if (!(close instanceof HTMLElement)) return;
  event.preventDefault();
  close.focus();
}
