import type { Session, SessionStatus } from "../../api/records.ts";
import type { BadgeTone } from "../../ui/badge.tsx";

const ARCHITECTURES = { pipeline: "Pipeline", realtime: "Realtime", text: "Text", api: "API" };
const SESSION_TYPES: Record<string, string> = {
  webcall: "Webcall",
  telephony: "Telephony",
  chat: "Chat",
  api: "API",
};
const KEY_MODES: Record<string, string> = { platform_keys: "platform keys", own_keys: "own keys" };

/** The architecture's word on badges. */
export function architectureName({ architecture }: Pick<Session, "architecture">): string {
  return ARCHITECTURES[architecture] ?? architecture;
}

/** The session type's word; an unknown one as it came. */
export function sessionTypeName({ session_type }: Pick<Session, "session_type">): string {
  return SESSION_TYPES[session_type] ?? session_type;
}

/** Whose model keys were used. */
export function keyModeName({ key_mode }: Pick<Session, "key_mode">): string {
  return KEY_MODES[key_mode] ?? key_mode;
}

const STATUSES: Record<SessionStatus, { word: string; tone: BadgeTone; dot: boolean }> = {
  active: { word: "Active", tone: "green", dot: true },
  settled: { word: "Settled", tone: "gray", dot: false },
  cancelled: { word: "Cancelled", tone: "gray", dot: false },
  stale: { word: "Stale", tone: "amber", dot: false },
};

/** How a session's state is shown. One that was settled without a word from its runtime is "Lost". */
export function statusLook(session: Session): { word: string; tone: BadgeTone; dot: boolean } {
  if (session.status === "settled" && session.flags.includes("lost"))
    return { word: "Lost", tone: "amber", dot: false };
  return STATUSES[session.status];
}
