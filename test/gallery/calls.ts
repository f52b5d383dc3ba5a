import { expect } from "vitest";
import type { Client } from "../http/api-client.ts";

const CALLS = [
  { agent_id: "agent_7f3k2m", agent_name: "Front desk", architecture: "pipeline", session_type: "webcall" },
  { agent_id: "agent_p9x1aa", agent_name: "Claims", architecture: "realtime", session_type: "telephony" },
  { agent_id: "agent_22bbqz", agent_name: "Night line", architecture: "pipeline", session_type: "telephony" },
];

/** Three calls that go on. */
export async function startCalls(runtime: Client): Promise<void> {
  for (const [place, call] of CALLS.entries()) {
    const session_id = `gallery-running-${place}`;
    await runtime.post("/api/billing/sessions", { session_id, ...call });
    const used = { seq: 1, duration_seconds: 252 - 60 * place };
    await runtime.post(`/api/billing/sessions/${session_id}/usage`, used);
  }
}

/** A call that has ended, with all that a runtime can tell of it; its transaction's id. */
export async function tellOfCall(runtime: Client, session_id = "gallery-call"): Promise<string> {
  await runtime.post("/api/billing/sessions", { session_id, ...CALLS[0] });
  const { status, body } = await runtime.post(`/api/billing/sessions/${session_id}/end`, {
    duration_seconds: 210,
    transcript: [
      { role: "agent", text: "Good afternoon, this is the front desk. How can I help?", at_seconds: 0 },
      { role: "user", text: "Hi, I need to move my cleaning on Thursday.", at_seconds: 4 },
      { role: "agent", text: "Of course. I have Friday at 10:00 or Monday at 14:30.", at_seconds: 9 },
      { role: "user", text: "Friday at ten works.", at_seconds: 17 },
    ],
    recording_url: "https://recordings.example.com/gallery-call.mp3",
    analysis: {
      summary: "Caller moved Thursday's cleaning appointment to Friday 10:00. Agent confirmed it.",
      goal_reached: true,
      sentiment: "positive",
    },
  });
  expect(status).toBe(200);
  return body.transaction.id;
}
