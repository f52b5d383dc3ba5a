import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Toaster, toast, useSonner } from "sonner";
import type { ToastContent } from "./toasts.tsx";
import { PHONE, useMedia } from "./use-media.ts";

const SHOWN_MAX = 3;
const SHOWN_MS = 5000;

const TONE_COLORS = {
  success: "text-success",
  danger: "text-danger",
  neutral: "text-ink-2",
  warning: "text-warning",
};

/** Shows a result that passes. Announced politely; stays five seconds, longer under the pointer; errors stay until closed. */
export function show({ title, detail, icon, tone = "neutral", id }: ToastContent): void {
  const Icon = icon ?? (tone === "danger" ? CircleAlert : CircleCheck);
  toast.custom(
    (key) => (
      <div className="flex w-[340px] max-w-[calc(100vw-32px)] items-start gap-3 rounded-xl border border-edge bg-surface py-3 pr-2.5 pl-3.5 shadow-floating">
        <Icon size={18} aria-hidden className={`mt-px shrink-0 ${TONE_COLORS[tone]}`} />
        <div className="min-w-0 flex-1">
          <div className="text-[13.5px] leading-5 font-semibold text-ink">{title}</div>
          {detail && <div className="figures text-[13px] leading-[18px] text-ink-2">{detail}</div>}
        </div>
        <button
          type="button"
          aria-label="Close"
          onClick={() => toast.dismiss(key)}
          className="-mt-0.5 inline-flex size-6 items-center justify-center rounded-md text-ink-3 hover:bg-hover hover:text-ink"
        >
          <X size={15} aria-hidden />
        </button>
      </div>
    ),
    { duration: tone === "danger" && !icon ? Number.POSITIVE_INFINITY : SHOWN_MS, ...(id ? { id } : {}) },
  );
}

/** Takes toasts away again, for instance when one summary replaces them. */
export function dismiss(ids: string[]): void {
  for (const id of ids) toast.dismiss(id);
}

/** Where toasts appear: bottom right, on phones on top. At most three at once, then "+5 more". */
export default function ToastRegion({ onReady }: { onReady(): void }) {
  const phone = useMedia(PHONE);
  const { toasts } = useSonner();
  const region = useRef<HTMLDivElement>(null);
  useEffect(onReady, [onReady]);
  useEffect(() => {
    // The library would read out each toast; ours are announced one in ten seconds (toasts.tsx).
    region.current?.querySelector("[aria-live]")?.setAttribute("aria-live", "off");
  }, []);
  const more = toasts.length - SHOWN_MAX;
  return (
    <div ref={region}>
      <Toaster
        expand
        position={phone ? "top-center" : "bottom-right"}
        visibleToasts={SHOWN_MAX}
        gap={8}
        offset={24}
        mobileOffset={16}
        toastOptions={{ unstyled: true }}
        style={{ fontFamily: "inherit" }}
      />
      {more > 0 && (
        <div className="fixed right-6 bottom-1 z-50 rounded-md bg-surface px-2 text-[12px] leading-5 text-ink-2 max-md:top-0 max-md:right-4 max-md:bottom-auto">
          +{more} more
        </div>
      )}
    </div>
  );
}
