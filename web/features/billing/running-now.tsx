import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { List, Session, Summary } from "../../api/records.ts";
import { serverNowMs } from "../../api/server-clock.ts";
import { Badge } from "../../ui/badge.tsx";
import { formatCount } from "../../ui/format-money.ts";
import { formatElapsed, formatLeft } from "../../ui/format-time.ts";
import { LiveDot } from "../../ui/live-dot.tsx";
import { Money } from "../../ui/money.tsx";
import { PHONE, useMedia } from "../../ui/use-media.ts";
import { useNow } from "../../ui/use-now.ts";
import { WaveIcon } from "../../ui/wave-icon.tsx";
import { type RunningCall, runningCall, runwaySeconds } from "../detail/running-call.ts";
import { architectureName, sessionTypeName } from "../detail/session-names.ts";

const TILES_MAX = 3;

/** The calls that run at this moment, with time, cost so far and what is left. Not there at all while nothing runs. */
export function RunningNow({ sessions, summary }: { sessions: List<Session>; summary: Summary }) {
  const nowMs = useNow(serverNowMs);
  const phone = useMedia(PHONE);
  if (sessions.data.length === 0) return null;
  const more = sessions.total - Math.min(TILES_MAX, sessions.data.length);
  const calls = sessions.data.map((session) => ({ session, call: runningCall(session, nowMs) }));
  const tiles = calls.slice(0, TILES_MAX);
  const runway = runwaySeconds(
    summary,
    calls.reduce((sum, { call }) => sum + call.cost, 0),
  );

  return (
    <section
      aria-label="Running now"
      className="flex rounded-2xl border border-edge bg-surface shadow-panel max-md:flex-col lg:min-h-[82px]"
    >
      <div className="flex w-[190px] shrink-0 lg:max-xl:w-[164px] lg:max-xl:px-4 flex-col justify-center px-5 py-3 max-lg:w-[170px] max-md:w-full max-md:flex-row max-md:items-center max-md:justify-between max-md:px-4">
        <h2 className="flex items-center gap-2 text-[14px] leading-5 font-[550]">
          <LiveDot large /> Running now
        </h2>
        <p className="type-caption figures mt-1.5 text-ink-3 max-md:mt-0">
          {formatCount(sessions.total)} {sessions.total === 1 ? "call" : "calls"} ·{" "}
          <Money credits={summary.burn_rate_per_minute} />
          /min
        </p>
      </div>
      <ul className="flex min-w-0 flex-1 max-md:flex-col">
        {tiles.map(({ session, call }) =>
          phone ? (
            <CallRow key={session.id} session={session} call={call} />
          ) : (
            <CallTile key={session.id} session={session} call={call} runway={runway} />
          ),
        )}
      </ul>
      {more > 0 && <MoreCalls more={more} />}
      {phone && runway !== null && (
        <p className="border-t border-hair px-4 py-2.5 text-ink-2">
          About {formatLeft(runway)} left at this rate
        </p>
      )}
    </section>
  );
}

function MoreCalls({ more }: { more: number }) {
  return (
    <Link
      to="/call-logs"
      search={{ status: "active" }}
      className="flex w-24 shrink-0 items-center justify-center rounded-r-2xl border-l border-hair text-[13px] font-[550] text-brand hover:bg-hover max-md:w-full max-md:rounded-none max-md:border-t max-md:border-l-0 max-md:py-3"
    >
      +{more} more
    </Link>
  );
}

interface CallProps {
  session: Session;
  call: RunningCall;
}

function CallTile({ session, call, runway }: CallProps & { runway: number | null }) {
  return (
    <li className="min-w-0 flex-1 border-l border-hair px-4 py-3.5">
      <div className="flex items-center justify-between gap-2">
        <span className="flex min-w-0 items-center gap-2 font-[550]">
          <CallWave session={session} call={call} />
          <span className="truncate">{session.agent_name ?? session.agent_id}</span>
        </span>
        <CallState session={session} call={call} />
      </div>
      <dl className="mt-1.5 flex gap-x-5 max-xl:gap-x-4">
        <Figure
          name={session.architecture === "text" ? "Messages" : "Time"}
          value={usageText(session, call)}
        />
        <Figure name="Cost so far" value={<Money credits={call.cost} />} />
        <LeftFigure call={call} runway={runway} />
      </dl>
    </li>
  );
}

/** Moves while reports come in; gray when they no longer do. */
function CallWave({ session, call }: CallProps) {
  return (
    <span className={call.silentSeconds === null ? "text-brand" : "text-ink-3"}>
      <WaveIcon moving={call.reporting} tall={session.architecture === "realtime"} />
    </span>
  );
}

/** What is out of the ordinary about a call, else what kind it is. */
function CallState({ session, call }: CallProps) {
  if (call.silentSeconds !== null) return <Badge tone="gray">Stale</Badge>;
  if (call.endsInSeconds !== null) return <Badge tone="amber">Final grant</Badge>;
  return (
    <span className="type-caption truncate text-ink-3 max-xl:hidden">
      {architectureName(session)} · {sessionTypeName(session).toLowerCase()}
    </span>
  );
}

function LeftFigure({ call, runway }: { call: RunningCall; runway: number | null }) {
  if (call.silentSeconds !== null) {
    return <Figure name="Since last report" value={formatElapsed(call.silentSeconds)} />;
  }
  if (call.endsInSeconds !== null) {
    const left = <span className="text-warning-text">{endsInText(call.endsInSeconds)}</span>;
    return <Figure name="Ends in" value={left} />;
  }
  const name = (
    <>
      Left<span className="max-[1399px]:hidden"> at this balance</span>
    </>
  );
  return <Figure name={name} value={runway === null ? "–" : formatLeft(runway)} wide />;
}

interface FigureProps {
  name: ReactNode;
  value: ReactNode;
  wide?: boolean;
}

function Figure({ name, value, wide = false }: FigureProps) {
  return (
    <div className={wide ? "flex flex-col-reverse max-xl:hidden" : "flex flex-col-reverse"}>
      <dt className="text-[11.5px] leading-[15px] tracking-normal whitespace-nowrap text-ink-3">{name}</dt>
      <dd className="figures text-[14px] leading-[19px] font-semibold whitespace-nowrap">{value}</dd>
    </div>
  );
}

function CallRow({ session, call }: CallProps) {
  return (
    <li className="flex items-center gap-3 border-t border-hair px-4 py-2.5">
      <CallWave session={session} call={call} />
      <div className="min-w-0 flex-1">
        <div className="truncate text-[14px] font-[550]">{session.agent_name ?? session.agent_id}</div>
        <div className="type-caption text-ink-3">
          {architectureName(session)} · {sessionTypeName(session).toLowerCase()}
        </div>
      </div>
      <div className="text-right">
        <div className="text-[14px] font-semibold">
          <Money credits={call.cost} />
        </div>
        <div
          className={`type-caption figures ${call.endsInSeconds === null ? "text-ink-3" : "text-warning-text"}`}
        >
          {rowText(session, call)}
        </div>
      </div>
    </li>
  );
}

function rowText(session: Session, call: RunningCall): string {
  if (call.silentSeconds !== null) return `Stale, no report for ${formatElapsed(call.silentSeconds)}`;
  if (call.endsInSeconds !== null) return `Final grant, ends in ${endsInText(call.endsInSeconds)}`;
  return usageText(session, call);
}

function usageText(session: Session, call: RunningCall): string {
  if (session.architecture === "text") return formatCount(session.messages);
  if (session.architecture === "api") return formatCount(session.units);
  return formatElapsed(call.elapsedSeconds);
}

/** Short spans without a leading zero: `0:42`. */
function endsInText(seconds: number): string {
  return formatElapsed(seconds).replace(/^0(\d)/, "$1");
}
