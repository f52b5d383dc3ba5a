import { CircleAlert, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const TONES: Record<"danger" | "warning", { frame: string; icon: LucideIcon }> = {
  danger: { frame: "border-danger-edge bg-danger-weak text-danger-text", icon: CircleAlert },
  warning: { frame: "border-warning-edge bg-warning-weak text-warning-text", icon: TriangleAlert },
};

/** A tinted box for a state that needs someone. `urgent` ones are read out at once (role alert). */
export function Notice({ tone, urgent = tone === "danger", action, children }: NoticeProps) {
  const { frame, icon: Icon } = TONES[tone];
  return (
    <div
      role={urgent ? "alert" : "status"}
      className={classNames(
        "flex items-start gap-3 rounded-xl border px-4 py-3 text-[13.5px] leading-5 max-sm:flex-col sm:items-center",
        frame,
      )}
    >
      <div className="flex min-w-0 flex-1 items-start gap-3">
        <Icon size={18} aria-hidden className="mt-px shrink-0" />
        <div className="min-w-0 flex-1">{children}</div>
      </div>
      {action && <div className="shrink-0 max-sm:ml-[30px]">{action}</div>}
    </div>
  );
}

interface NoticeProps {
  tone: "danger" | "warning";
  urgent?: boolean;
  action?: ReactNode;
  children: ReactNode;
}
