import type { LucideIcon } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { createAnnouncements } from "./announcements.ts";

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
  void Promise.all([loadToaster(), regionReady]).then(([toaster]) => toaster.show(content));
}

/** Takes toasts away again, for instance when one summary replaces them. */
export function dismissToasts(ids: string[]): void {
  void Promise.all([loadToaster(), regionReady]).then(([toaster]) => toaster.dismiss(ids));
}

/** The place of toasts. It comes right after the first paint: it must be there before the first news, but not before the page. */
export function Toasts() {
  const [painted, setPainted] = useState(false);
  const [spoken, setSpoken] = useState("");
  useEffect(() => {
    say = setSpoken;
    const timer = setTimeout(() => setPainted(true), 0);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <p role="status" className="sr-only">
        {spoken}
      </p>
      {painted && (
        <Suspense>
          <ToastRegion onReady={announceReady} />
        </Suspense>
      )}
    </>
  );
}
