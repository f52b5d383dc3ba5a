import type { Session, Transaction } from "../../api/records.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { formatCount } from "../../ui/format-money.ts";
import { formatMinutes } from "../../ui/format-time.ts";
import { Money } from "../../ui/money.tsx";
import { Notice } from "../../ui/notice.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { Aside, Fact, Facts } from "./facts.tsx";
import { keyModeName, sessionTypeName } from "./session-names.ts";

const ACTOR_TYPES: Record<string, string> = {
  api_key: "API key",
  user: "Member",
  operator: "Operator",
  system: "System",
};

/** When a session ran, how much it used, for which agent, and who started it. */
export function SessionFacts({ session, actor }: { session: Session; actor: Transaction["actor"] }) {
  const startedBy = session.started_by ?? actor;
  return (
    <>
      <Facts>
        <Fact name="Started">
          <TimeStamp instant={session.started_at} seconds plain />
        </Fact>
        <Fact name="Ended">
          {session.ended_at ? <TimeStamp instant={session.ended_at} seconds plain /> : "Still running"}
        </Fact>
        <UsageFact session={session} />
        <Fact name="Agent id">
          <span className="inline-flex items-center gap-1">
            <code className="font-mono text-[12px]">{session.agent_id}</code>
            <CopyButton text={session.agent_id} label="Copy the agent id" />
          </span>
        </Fact>
        {startedBy && (
          <Fact name="Started by">
            {startedBy.name ?? ACTOR_TYPES[startedBy.type] ?? startedBy.type}
            {startedBy.name && <Aside>{ACTOR_TYPES[startedBy.type] ?? startedBy.type}</Aside>}
          </Fact>
        )}
        <Fact name="Session type">
          {sessionTypeName(session)}, {keyModeName(session)}
        </Fact>
      </Facts>
      {session.uncollected > 0 && (
        <Notice tone="warning">
          <Money credits={session.uncollected} /> of this session lies beyond the grace limit and was not
          charged.
        </Notice>
      )}
    </>
  );
}

function UsageFact({ session }: { session: Session }) {
  if (session.architecture === "text") return <Fact name="Messages">{formatCount(session.messages)}</Fact>;
  if (session.architecture === "api") return <Fact name="Units">{formatCount(session.units)}</Fact>;
  return (
    <Fact name="Duration">
      {formatMinutes(session.duration_seconds)} <Aside>{Math.round(session.duration_seconds)} s</Aside>
    </Fact>
  );
}
