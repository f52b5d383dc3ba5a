import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import { actionFor, pinnedRates } from "./report.ts";
import type { Session } from "./session.ts";
import {
  authorize,
  cancel,
  give,
  PIPELINE,
  PRICES,
  report,
  settle,
  T0,
  TEXT,
  World,
} from "./world.fixture.ts";

function opened(subject = PIPELINE): World {
  const world = new World();
  world.run(give(credits(1_000_000n)));
  world.run(authorize("s", subject));
  return world;
}

function sessionOf(world: World, id = "s"): Session {
  const session = world.sessions.get(id);
  if (session === undefined) throw new Error(`no session ${id}`);
  return session;
}

describe("a report", () => {
  test("keeps seq, time, totals and cost of each kind of usage", () => {
    const world = opened(TEXT);
    world.now += 5_000;
    world.run(report(7, { durationMs: 4_500n, messages: 3n, units: 2n }));
    expect(sessionOf(world)).toMatchObject({
      reportSeq: 7n,
      lastReportAt: T0 + 5_000,
      usage: { durationMs: 4_500n, messages: 3n, units: 2n },
      cost: 30n,
      flags: [],
    });
    world.run(report(8, { messages: 4n }));
    expect(sessionOf(world).usage).toEqual({ durationMs: 4_500n, messages: 4n, units: 2n });
  });

  test("below an earlier total keeps that total and is flagged, once", () => {
    const world = opened();
    world.run(report(1, 10));
    world.run(report(2, 10));
    expect(sessionOf(world).flags).toEqual([]);
    for (const seq of [3, 4]) world.run(report(seq, 9));
    expect(sessionOf(world)).toMatchObject({ usage: { durationMs: 10_000n }, flags: ["usage_regressed"] });
  });

  test.each<[elapsedMs: number, seconds: number, flags: string[]]>([
    [0, 10, []],
    [0, 10.001, ["duration_exceeds_elapsed"]],
    [100_000, 120, []],
    [100_000, 120.001, ["duration_exceeds_elapsed"]],
  ])("after %d ms of %d s is charged as told, and flagged %j", (elapsedMs, seconds, flags) => {
    const world = opened();
    world.now += elapsedMs;
    world.run(report(1, seconds));
    expect(sessionOf(world)).toMatchObject({ flags, usage: { durationMs: BigInt(seconds * 1000) } });
  });

  test("that renews moves the account's time, and one that does not leaves the account alone", () => {
    const world = opened();
    world.now += 10_000;
    world.run(report(1, 10));
    expect(world.account.updatedAt).toBe(T0);
    world.run(report(2, 50));
    expect(world.account.updatedAt).toBe(T0 + 10_000);
  });

  test("that is refused names the session", () => {
    const world = opened();
    expect(world.run(report(1, 1, "x"))).toMatchObject({
      refusal: { kind: "session_not_found", sessionId: "x" },
    });
    world.run(cancel());
    expect(world.run(report(1, 1))).toMatchObject({ refusal: { kind: "session_cancelled", sessionId: "s" } });
    world.run(authorize("t"));
    world.run(settle(1, "t"));
    expect(world.run(report(1, 1, "t"))).toMatchObject({
      refusal: { kind: "session_settled", sessionId: "t" },
    });
  });
});

describe("the action after a report", () => {
  const withGrant = (limit: bigint, final: boolean): Session => ({
    ...sessionOf(opened()),
    usage: { durationMs: 10n, messages: 0n, units: 0n },
    grant: { limit, size: 10n, final },
  });

  test.each<[what: string, limit: bigint, final: boolean, action: string]>([
    ["on a normal grant, even a used-up one", 10n, false, "continue"],
    ["on a final grant with something left", 11n, true, "continue"],
    ["on a final grant that is used up", 10n, true, "terminate"],
    ["past a final grant", 9n, true, "terminate"],
  ])("%s", (_what, limit, final, action) => {
    expect(actionFor(withGrant(limit, final), "durationMs")).toBe(action);
  });
});

test("a session whose price versions are gone is a fault, not a free call", () => {
  const session = { ...sessionOf(opened()), priceVersion: 9 };
  expect(() => pinnedRates(PRICES, session)).toThrow("price version 9 rates session s");
});
