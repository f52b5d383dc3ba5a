import type { LucideIcon } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { createAnnouncements } from "./announcements.ts";

/** When the page has had the line for itself. */
const LOAD_AFTER_MS = 2000;
const loadToaster = () => import("./toaster.tsx");
const ToastRegion = lazy(loadToaster);

export interface ToastContent {
  title: string;
  detail?: ReactNode;
  icon?: LucideIcon;
  tone?: "success" | "danger" | "neutral" | "warning";
  /** Same id: replaces the toast that is there. */
  id?: string;
}

/** Whether a toast was ever asked for, and who is to know at once. */
let isWanted = false;
let onWanted = () => {};
let announceReady = () => {};
/** Toasts shown before their region is on the page would be lost; they wait for it. */
const regionReady = new Promise<void>((resolve) => {
  announceReady = resolve;
});

let say = (_text: string) => {};
const announce = createAnnouncements(
  (text) => say(text),
  (run, durationMs) => setTimeout(run, durationMs),
);

/** Shows a result that passes. Announced politely; stays five seconds, longer under the pointer; errors stay until closed. */
export function showToast(content: ToastContent): void {
  const { id, title, detail } = content;
  announce(id ?? title, typeof detail === "string" ? `${title} ${detail}` : title);
  loadToaster().then(
    async (toaster) => {
      isWanted = true;
      onWanted();
      await regionReady;
      toaster.show(content);
    },
    () => undefined, // without a network its code can't come; it has been spoken
  );
}

/** Takes toasts away again, for instance when one summary replaces them. */
export function dismissToasts(ids: string[]): void {
  void regionReady.then(loadToaster).then((toaster) => toaster.dismiss(ids));
}

/** The place of toasts. What is spoken has its region from the start; what is seen comes with the first toast, its
 *  code when the page is there. */
export function Toasts() {
  const [isNeeded, setNeeded] = useState(false);
  const [spoken, setSpoken] = useState("");
  useEffect(() => {
    say = setSpoken;
    onWanted = () => setNeeded(true);
    if (isWanted) onWanted();
    // There before it is needed: a toast says that the network is gone.
    const timer = setTimeout(() => loadToaster().catch(() => undefined), LOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <p role="status" className="sr-only">
        {spoken}
      </p>
      {isNeeded && (
        <Suspense>
          <ToastRegion onReady={announceReady} />
        </Suspense>
      )}
    </>
  );
}
