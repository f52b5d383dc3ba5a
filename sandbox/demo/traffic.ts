import { setTimeout as pause } from "node:timers/promises";
import {
  AGENTS,
  between,
  type DemoAgent,
  inventAnalysis,
  inventTranscript,
  subjectOfAgent,
} from "./agents.ts";

/** Live calls of the demo, made as a voice runtime makes them: through the public API with the demo's key, reporting
 *  when the grant says so, hanging up when it is told to. */
export function startTraffic(settings: TrafficSettings): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loops = AGENTS.map((agent, index) => runAgent(agent, index, settings, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

export type TrafficSettings = {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly log: { debug(facts: object, message: string): void };
};

/** Reports at least this often, so that the page has something to show. */
const REPORT_MS = 10_000;

async function runAgent(agent: DemoAgent, index: number, settings: TrafficSettings, signal: AbortSignal) {
  await endLeftovers(agent, settings);
  await rest(1_000 + index * 7_000, signal);
  while (!signal.aborted) {
    try {
      await converse(agent, settings, signal);
    } catch (error) {
      settings.log.debug({ err: error }, "a demo call failed");
    }
    await rest(between([15_000, 60_000], Math.random), signal);
  }
}

async function converse(agent: DemoAgent, settings: TrafficSettings, signal: AbortSignal): Promise<void> {
  const { agentId, agentName, architecture, sessionType } = subjectOfAgent(agent);
  const opened = await call(settings, "POST", "/api/billing/sessions", {
    agent_id: agentId,
    agent_name: agentName,
    architecture,
    session_type: sessionType,
  });
  const id = opened?.session?.id;
  if (id === undefined) return rest(30_000, signal);
  const startedAt = Date.now();
  const lengthMs = Math.min(between(agent.length, Math.random), 240) * 1_000;
  const totals = () => totalsAfter(agent, Date.now() - startedAt);
  for (let seq = 1; Date.now() - startedAt < lengthMs && !signal.aborted; seq += 1) {
    await rest(Math.min(REPORT_MS, lengthMs), signal);
    const answer = await call(settings, "POST", `/api/billing/sessions/${id}/usage`, { seq, ...totals() });
    if (answer?.action !== "continue") break;
  }
  await call(settings, "POST", `/api/billing/sessions/${id}/end`, {
    ...totals(),
    reason: signal.aborted ? "service_stopping" : "completed",
    transcript: inventTranscript(agent, (Date.now() - startedAt) / 1_000),
    analysis: inventAnalysis(agent),
  });
}

/** A chat has a message every nine seconds. */
function totalsAfter(agent: DemoAgent, elapsedMs: number) {
  return agent.architecture === "text"
    ? { messages: Math.max(1, Math.floor(elapsedMs / 9_000)) }
    : { duration_seconds: Math.round(elapsedMs / 100) / 10 };
}

/** Calls of an earlier start that was killed are hung up at what they had reported. */
async function endLeftovers(agent: DemoAgent, settings: TrafficSettings): Promise<void> {
  const running = await call(
    settings,
    "GET",
    `/api/billing/sessions?status=active,stale&agent_id=${agent.id}`,
  ).catch(
    () => null, // nothing is lost: the sweeper settles them
  );
  for (const { id } of running?.data ?? []) {
    await call(settings, "POST", `/api/billing/sessions/${id}/end`, { reason: "runtime_restarted" }).catch(
      () => null,
    );
  }
}

type Answer = {
  readonly session?: { readonly id: string };
  readonly action?: string;
  readonly data?: readonly { readonly id: string }[];
};

/** The answer, or null when it was refused. */
async function call(
  settings: TrafficSettings,
  method: string,
  path: string,
  body?: object,
): Promise<Answer | null> {
  const response = await fetch(`${settings.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${settings.apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  // A parser of our own service's answers.
  const answer = (await response.json()) as Answer;
  return response.ok ? answer : null;
}

async function rest(durationMs: number, signal: AbortSignal): Promise<void> {
  await pause(durationMs, undefined, { signal }).catch(() => {}); // woken early by stop()
}
