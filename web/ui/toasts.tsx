import type { LucideIcon } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";

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

/** Shows a result that passes. Announced politely; stays five seconds, longer under the pointer; errors stay until closed. */
export function showToast(content: ToastContent): void {
  void Promise.all([loadToaster(), regionReady]).then(([toaster]) => toaster.show(content));
}

/** Takes toasts away again, for instance when one summary replaces them. */
export function dismissToasts(ids: string[]): void {
  void Promise.all([loadToaster(), regionReady]).then(([toaster]) => toaster.dismiss(ids));
}

/** The place of toasts. It comes right after the first paint: it must be there before the first news, but not before the page. */
export function Toasts() {
  const [painted, setPainted] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPainted(true), 0);
    return () => clearTimeout(timer);
  }, []);
  if (!painted) return null;
  return (
    <Suspense>
      <ToastRegion onReady={announceReady} />
    </Suspense>
  );
}
