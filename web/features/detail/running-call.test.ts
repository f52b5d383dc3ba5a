import { expect, test } from "vitest";
import type { Session } from "../../api/records.ts";
import { runningCall } from "./running-call.ts";

const reportedAt = Date.parse("2026-11-24T14:30:00.000Z");
const session: Session = {
  id: "ses_1",
  agent_id: "agent_7f3k2m",
  agent_name: "Front desk",
  architecture: "pipeline",
  session_type: "webcall",
  key_mode: "platform_keys",
  status: "active",
  price_version: 12,
  started_at: "2026-11-24T14:27:00.000Z",
  ended_at: null,
  duration_seconds: 180,
  messages: 0,
  units: 0,
  cost: 0.219,
  breakdown: [],
  held: 0.073,
  uncollected: 0,
  flags: [],
  transaction_id: null,
  metadata: {},
  rate_per_minute: 0.073,
  last_report_at: "2026-11-24T14:30:00.000Z",
  grant: { seconds: 60, final: false, expires_at: null },
};

test("time and cost tick on from the last report", () => {
  const call = runningCall(session, reportedAt + 30_000);
  expect(call.elapsedSeconds).toBe(210);
  expect(call.cost).toBeCloseTo(0.2555, 10);
  expect(call.endsInSeconds).toBeNull();
});

test("they never pass what the service granted", () => {
  expect(runningCall(session, reportedAt + 600_000).elapsedSeconds).toBe(240);
});

test("a final grant counts down to the end of the call", () => {
  const call = runningCall(
    { ...session, grant: { seconds: 60, final: true, expires_at: null } },
    reportedAt + 18_000,
  );
  expect(call.endsInSeconds).toBe(42);
});

test("a silent runtime is not shown as reporting, a clock behind the service changes nothing", () => {
  expect(runningCall(session, reportedAt + 60_000).reporting).toBe(false);
  expect(runningCall(session, reportedAt - 5000)).toMatchObject({
    elapsedSeconds: 180,
    cost: 0.219,
    reporting: true,
  });
});

test("a chat has no clock", () => {
  expect(runningCall({ ...session, rate_per_minute: null }, reportedAt + 30_000).cost).toBe(0.219);
});
