import { Check } from "lucide-react";
import type { SessionDetail } from "../../api/records.ts";
import { Badge } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { formatCount } from "../../ui/format-money.ts";
import { readAnalysis, readTranscript, type TranscriptTurn } from "./read-artifacts.ts";
import { RecordingPlayer } from "./recording-player.tsx";

/** Recording, post-call analysis and transcript, where the runtime sent them; what is missing is absent. */
export function SessionArtifacts({ session }: { session: SessionDetail }) {
  const analysis = readAnalysis(session.analysis);
  const turns = readTranscript(session.transcript);
  const recording = safeAddress(session.recording_url);
  return (
    <>
      {recording && (
        <section>
          <h3 className="mb-2 text-[13.5px] font-semibold">Recording</h3>
          <RecordingPlayer url={recording} durationSeconds={session.duration_seconds} />
        </section>
      )}
      {analysis && (
        <section>
          <h3 className="mb-2 text-[13.5px] font-semibold">Post-call analysis</h3>
          <div className="flex flex-col gap-2.5 rounded-xl border border-edge px-4 py-3">
            {analysis.summary && <p className="whitespace-pre-line text-ink-2">{analysis.summary}</p>}
            {analysis.facts.length > 0 && (
              <div className="flex flex-wrap gap-1.5">
                {analysis.facts.map(({ text, good }) => (
                  <Badge key={text} tone={good ? "green" : "gray"} icon={good ? Check : undefined}>
                    {text}
                  </Badge>
                ))}
              </div>
            )}
          </div>
        </section>
      )}
      {turns.length > 0 && <Transcript turns={turns} agentName={session.agent_name} />}
    </>
  );
}

const AGENT_ROLES = new Set(["agent", "assistant", "bot", "ai"]);
const CALLER_ROLES = new Set(["user", "caller", "customer", "human"]);

function Transcript({ turns, agentName }: { turns: TranscriptTurn[]; agentName: string | null }) {
  return (
    <section>
      <div className="mb-2 flex items-baseline justify-between">
        <h3 className="text-[13.5px] font-semibold">Transcript</h3>
        <p className="type-caption figures text-ink-2">
          {formatCount(turns.length)} {turns.length === 1 ? "turn" : "turns"}
        </p>
      </div>
      <ol className="flex flex-col gap-3">
        {turns.map((turn, place) => {
          const role = turn.speaker?.toLowerCase() ?? "";
          const agent = AGENT_ROLES.has(role) || turn.speaker === agentName;
          const speaker = AGENT_ROLES.has(role)
            ? (agentName ?? "Agent")
            : CALLER_ROLES.has(role)
              ? "Caller"
              : turn.speaker;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: turns have no ids and never change their order
            <li key={place} className="flex gap-2">
              {turn.atSeconds !== null && (
                <span className="type-caption figures w-9 shrink-0 pt-0.5 text-ink-3">
                  {clockOf(turn.atSeconds)}
                </span>
              )}
              <div>
                {speaker && (
                  <div className={classNames("text-[13px] leading-[18px] font-[550]", agent && "text-brand")}>
                    {speaker}
                  </div>
                )}
                <p className="text-ink-2">{turn.text}</p>
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function clockOf(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Only http addresses are played or linked: the runtime's word must not become a script. */
function safeAddress(address: string | null | undefined): string | null {
  return address && /^https?:\/\//i.test(address) ? address : null;
}
