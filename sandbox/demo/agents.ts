import type { SessionSubject } from "../../src/domain/charging/session.ts";

/** The demo's agents: what they are, and how long their conversations take. */
export type DemoAgent = {
  readonly id: string;
  readonly name: string;
  readonly architecture: SessionSubject["architecture"];
  readonly sessionType: SessionSubject["sessionType"];
  /** Seconds of a call, or messages of a chat: the least and the most. */
  readonly length: readonly [number, number];
  readonly goal: string;
};

export const AGENTS: readonly DemoAgent[] = [
  {
    id: "agent_7f3k2m",
    name: "Front desk",
    architecture: "pipeline",
    sessionType: "webcall",
    length: [60, 420],
    goal: "move an appointment",
  },
  {
    id: "agent_p2d6ha",
    name: "Outbound sales",
    architecture: "realtime",
    sessionType: "telephony",
    length: [90, 600],
    goal: "book a demonstration",
  },
  {
    id: "agent_m4x9rd",
    name: "Order status",
    architecture: "pipeline",
    sessionType: "telephony",
    length: [40, 300],
    goal: "find a delivery",
  },
  {
    id: "agent_q8w1zt",
    name: "Help chat",
    architecture: "text",
    sessionType: "chat",
    length: [6, 60],
    goal: "reset a password",
  },
];

/** The agent as the domain sees it. */
export function subjectOfAgent(agent: DemoAgent): SessionSubject {
  const isPipeline = agent.architecture === "pipeline";
  return {
    agentId: agent.id,
    agentName: agent.name,
    architecture: agent.architecture,
    sessionType: agent.sessionType,
    keyMode: "platform_keys",
    llmModel: isPipeline || agent.architecture === "text" ? "gpt-4o-mini" : null,
    sttProvider: isPipeline ? "deepgram" : null,
    ttsProvider: isPipeline ? "cartesia" : null,
    realtimeModel: null,
    userId: null,
    metadata: {},
  };
}

/** What was said, for the panel. */
export function inventTranscript(agent: DemoAgent, seconds: number) {
  const lines: readonly (readonly ["agent" | "caller", string])[] = [
    ["agent", `Good afternoon, this is ${agent.name}. How can I help?`],
    ["caller", `Hi, I would like to ${agent.goal}.`],
    ["agent", "Of course. May I have your name and the number it is under?"],
    ["caller", "Rivera, 4417."],
    ["agent", "Thank you. I have it in front of me now."],
    ["caller", "Great. Can we do Friday at ten?"],
    ["agent", "Friday at ten works. I will send you a confirmation."],
    ["caller", "Perfect, thanks. Bye."],
  ];
  const step = seconds / (lines.length + 1);
  return lines.map(([role, text], index) => ({ role, text, at_seconds: Math.round(step * index) }));
}

export function inventAnalysis(agent: DemoAgent) {
  return {
    summary: `The caller wanted to ${agent.goal}. Done, and confirmed by message.`,
    goal_reached: true,
    sentiment: "positive",
  };
}

/** Numbers that are the same in every demo. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

export function between([least, most]: readonly [number, number], random: () => number): number {
  return Math.round(least + (most - least) * random());
}
