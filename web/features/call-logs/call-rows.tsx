import { Link } from "@tanstack/react-router";
import { ChevronRight, Layers, type LucideIcon, MessageSquare, Phone } from "lucide-react";
import type { Architecture, Session } from "../../api/records.ts";
import { serverNowMs } from "../../api/server-clock.ts";
import { Badge } from "../../ui/badge.tsx";
import { formatCount } from "../../ui/format-money.ts";
import { formatElapsed } from "../../ui/format-time.ts";
import { Money } from "../../ui/money.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { PHONE, useMedia } from "../../ui/use-media.ts";
import { useNow } from "../../ui/use-now.ts";
import { WaveIcon } from "../../ui/wave-icon.tsx";
import { runningCall } from "../detail/running-call.ts";
import { architectureName, sessionTypeName, statusLook } from "../detail/session-names.ts";

const ICONS: Record<Architecture, LucideIcon> = {
  pipeline: Phone,
  realtime: Phone,
  text: MessageSquare,
  api: Layers,
};
const HEAD = "h-[33px] px-3 text-left text-[12.5px] font-medium tracking-normal text-ink-2";

/** The sessions as a table, on phones as a list; running ones tick on. */
export function CallRows({ sessions }: { sessions: Session[] }) {
  const phone = useMedia(PHONE);
  const nowMs = useNow(serverNowMs);
  const rows = sessions.map((session) => ({ session, ...shownOf(session, nowMs) }));
  if (phone) {
    return (
      <ul aria-label="Sessions" className="border-t border-edge">
        {rows.map((row) => (
          <CallListRow key={row.session.id} {...row} />
        ))}
      </ul>
    );
  }
  return (
    <div className="overflow-x-auto">
      <table aria-label="Sessions" className="w-full border-collapse">
        <thead className="bg-subtle">
          <tr className="border-y border-edge">
            <th className={`${HEAD} pl-5`}>Started</th>
            <th className={HEAD}>Agent</th>
            <th className={HEAD}>Architecture</th>
            <th className={`${HEAD} max-lg:hidden`}>Type</th>
            <th className={`${HEAD} text-right`}>Usage</th>
            <th className={`${HEAD} text-right`}>Cost</th>
            <th className={`${HEAD} pl-8`}>Status</th>
            <td className="w-8 pr-5 pl-3" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <CallTableRow key={row.session.id} {...row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CallRowProps {
  session: Session;
  usage: string;
  cost: number;
}

function shownOf(session: Session, nowMs: number): { usage: string; cost: number } {
  const running = session.status === "active" ? runningCall(session, nowMs) : null;
  const seconds = running?.elapsedSeconds ?? session.duration_seconds;
  const timed = session.architecture === "pipeline" || session.architecture === "realtime";
  const counted =
    session.architecture === "text"
      ? `${formatCount(session.messages)} msg`
      : `${formatCount(session.units)} units`;
  return { usage: timed ? formatElapsed(seconds) : counted, cost: running?.cost ?? session.cost };
}

function CallTableRow({ session, usage, cost }: CallRowProps) {
  return (
    <tr className="group relative border-t border-hair transition-colors duration-[120ms] first:border-t-0 hover:bg-hover has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-focus">
      <td className="h-[60px] px-3 pl-5 whitespace-nowrap">
        <TimeStamp instant={session.started_at} />
      </td>
      <td className="px-3">
        <div className="flex items-center gap-3">
          <AgentIcon session={session} />
          <div>
            <SessionLink session={session} />
            <div className="font-mono text-[12px] leading-4 text-ink-3">{session.agent_id}</div>
          </div>
        </div>
      </td>
      <td className="px-3">
        <Badge tone="brand">{architectureName(session)}</Badge>
      </td>
      <td className="px-3 text-ink-2 max-lg:hidden">{sessionTypeName(session)}</td>
      <td className="figures px-3 text-right">{usage}</td>
      <td className="px-3 text-right font-[550]">
        <Money credits={cost} />
      </td>
      <td className="px-3 pl-8">
        <Status session={session} />
      </td>
      <td className="pr-5 pl-3">
        <ChevronRight size={16} aria-hidden className="text-off group-hover:text-ink" />
      </td>
    </tr>
  );
}

function CallListRow({ session, usage, cost }: CallRowProps) {
  return (
    <li className="relative flex items-center gap-3 border-t border-hair px-4 py-3 first:border-t-0">
      <AgentIcon session={session} />
      <div className="min-w-0 flex-1">
        <SessionLink session={session} />
        <div className="type-caption figures text-ink-2">
          {architectureName(session)} · {usage}
        </div>
        <div className="type-caption text-ink-3">
          <TimeStamp instant={session.started_at} plain />
        </div>
      </div>
      <div className="flex flex-col items-end gap-1">
        <div className="font-semibold">
          <Money credits={cost} />
        </div>
        <Status session={session} />
      </div>
    </li>
  );
}

function AgentIcon({ session }: { session: Session }) {
  const Icon = ICONS[session.architecture];
  if (session.status !== "active")
    return <Icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0 text-ink-3" />;
  return (
    <span className="text-brand">
      <WaveIcon moving tall={session.architecture === "realtime"} />
    </span>
  );
}

function SessionLink({ session }: { session: Session }) {
  return (
    <Link
      to="/call-logs"
      search={(now: object) => ({ ...now, session: session.id })}
      resetScroll={false}
      className="font-[550] outline-none after:absolute after:inset-0 after:z-10"
    >
      {session.agent_name ?? session.agent_id}
    </Link>
  );
}

function Status({ session }: { session: Session }) {
  const { word, tone, dot } = statusLook(session);
  return (
    <Badge tone={tone} dot={dot}>
      {word}
    </Badge>
  );
}
