import { useOrganization } from "../../api/active-organization.ts";
import { LiveDot } from "../../ui/live-dot.tsx";

const WORDS = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting" };

/** Whether news comes in live now. */
export function LiveStatus() {
  const { live } = useOrganization();
  const reason =
    live === "reconnecting" ? "Live updates paused. Reconnecting. Refreshing every 30 seconds." : undefined;
  return (
    <span title={reason} className="inline-flex items-center gap-1.5 text-[12.5px] leading-4 text-ink-3">
      <LiveDot on={live !== "reconnecting"} />
      {WORDS[live]}
    </span>
  );
}
