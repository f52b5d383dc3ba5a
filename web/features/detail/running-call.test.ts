import { expect, test } from "vitest";
import { session } from "../../api/records.fixture.ts";
import { runningCall } from "./running-call.ts";

const reportedAt = Date.parse("2026-11-24T14:30:00.000Z");
const finalGrant = session.grant && { ...session.grant, final: true };

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
  const call = runningCall({ ...session, grant: finalGrant }, reportedAt + 18_000);
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

test("a call whose runtime fell silent stands at what was granted, and says since when", () => {
  const call = runningCall({ ...session, status: "stale" }, reportedAt + 150_000);
  expect(call).toMatchObject({ elapsedSeconds: 240, reporting: false, silentSeconds: 150 });
  expect(runningCall(session, reportedAt + 150_000).silentSeconds).toBeNull();
});

test("a chat has no clock", () => {
  expect(runningCall({ ...session, rate_per_minute: null }, reportedAt + 30_000).cost).toBe(0.219);
});
