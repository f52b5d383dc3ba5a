import { expect, test } from "vitest";
import { NO_USAGE, type Usage } from "../pricing/rate-usage.ts";
import {
  describeEvent,
  describeUsage,
  kindOfEvent,
  kindOfSession,
  unitNameOf,
  usageMetadata,
} from "./describe.ts";
import type { SessionSubject } from "./session.ts";
import { API, PIPELINE, ratesOf, TEXT } from "./world.fixture.ts";

const REALTIME: SessionSubject = { ...PIPELINE, architecture: "realtime", agentName: "Realtime agent" };
const used = (usage: Partial<Usage>): Usage => ({ ...NO_USAGE, ...usage });

test.each<[what: string, subject: SessionSubject, usage: Partial<Usage>, text: string]>([
  ["the brief's call", PIPELINE, { durationMs: 210_000n }, "Voice call session - agent_abc123 - 3.5 min"],
  ["a realtime call", REALTIME, { durationMs: 60_000n }, "Voice call session - agent_abc123 - 1 min"],
  ["less than 3 s", PIPELINE, { durationMs: 2_999n }, "Voice call session - agent_abc123 - 0 min"],
  ["3 s", PIPELINE, { durationMs: 3_000n }, "Voice call session - agent_abc123 - 0.1 min"],
  ["just short of 10 min", PIPELINE, { durationMs: 597_000n }, "Voice call session - agent_abc123 - 10 min"],
  ["the brief's chat", TEXT, { messages: 25n }, "Chat session - agent_abc123 - 25 messages"],
  ["one message", TEXT, { messages: 1n }, "Chat session - agent_abc123 - 1 message"],
  [
    "the brief's batch",
    { ...API, agentName: "Batch calling" },
    { units: 150n },
    "API usage - Batch calling - 150 contacts",
  ],
  ["a batch of an agent without a name", API, { units: 1n }, "API usage - agent_abc123 - 1 contact"],
])("%s reads as the page shows it", (_what, subject, usage, text) => {
  expect(describeUsage(subject, used(usage), "contact")).toBe(text);
});

test("a realtime agent's finished minutes are a service, other events read like sessions", () => {
  expect(describeEvent(REALTIME, used({ durationMs: 600_000n }), "minute")).toBe(
    "Service consumption - Realtime agent - 10 min",
  );
  expect(describeEvent(TEXT, used({ messages: 2n }), "message")).toBe(
    "Chat session - agent_abc123 - 2 messages",
  );
  expect((["pipeline", "realtime", "text", "api"] as const).map(kindOfEvent)).toEqual([
    "voice",
    "service",
    "chat",
    "api",
  ]);
  expect((["pipeline", "realtime", "text", "api"] as const).map(kindOfSession)).toEqual([
    "voice",
    "voice",
    "chat",
    "api",
  ]);
});

test("a unit is called by its price's name, and free usage has none", () => {
  expect(unitNameOf(ratesOf(API))).toBe("contact");
  expect(unitNameOf(ratesOf({ ...TEXT, keyMode: "own_keys" }))).toBe("unit");
});

test.each<[subject: SessionSubject, usage: Partial<Usage>, measured: object]>([
  [PIPELINE, { durationMs: 1_234n, messages: 9n }, { duration_seconds: 1.234 }],
  [REALTIME, { durationMs: 210_000n }, { agent_name: "Realtime agent", duration_seconds: 210 }],
  [TEXT, { messages: 25n, durationMs: 9n }, { messages: 25 }],
  [API, { units: 150n }, { units: 150 }],
])("metadata tells what was measured, and who", (subject, usage, measured) => {
  expect(usageMetadata(subject, used(usage))).toEqual({
    agent_id: "agent_abc123",
    architecture: subject.architecture,
    session_type: subject.sessionType,
    key_mode: "platform_keys",
    ...measured,
  });
});

test("metadata of the runtime is kept, but can't pass for ours", () => {
  const metadata = { campaign: "spring", agent_id: "somebody else", duration_seconds: 1 };
  expect(usageMetadata({ ...PIPELINE, metadata }, used({ durationMs: 2_000n }))).toMatchObject({
    campaign: "spring",
    agent_id: "agent_abc123",
    duration_seconds: 2,
  });
});
