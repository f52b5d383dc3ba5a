import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import { measureOf } from "../pricing/rate-usage.ts";
import type { Command, Decision } from "./command.ts";
import { actionFor } from "./report.ts";
import {
  API,
  authorize,
  cancel,
  expire,
  give,
  report,
  setGrace,
  settle,
  TEXT,
  World,
} from "./world.fixture.ts";

const HOUR = 3_600_000;

/** How a world comes into a session's state. */
const states = {
  none: (world) => void world.run(give(credits(100_000n))),
  active: (world) => {
    states.none(world);
    world.run(authorize());
  },
  reported: (world) => {
    states.active(world);
    world.now += 30_000;
    world.run(report(5, 30));
  },
  // Runs in grace; its last grant ends at 16.520 s, where the floor is.
  final: (world) => {
    world.run(give(credits(1n)));
    world.run(setGrace(200n));
    world.run(authorize());
    world.now += 10_000;
    world.run(report(5, 10));
  },
  stale: (world) => {
    states.reported(world);
    world.now += 120_000;
    world.run(expire());
  },
  settled: (world) => {
    states.reported(world);
    world.run(settle(60));
  },
  regressed: (world) => {
    states.reported(world);
    world.run(settle(20));
  },
  lost: (world) => {
    states.stale(world);
    world.now += 600_000;
    world.run(expire());
  },
  corrected: (world) => {
    states.lost(world);
    world.run(settle(90));
  },
  cancelled: (world) => {
    states.active(world);
    world.run(cancel());
  },
  chat: (world) => {
    states.none(world);
    world.run(authorize("s", TEXT));
    world.run(report(5, { messages: 12n }));
  },
  job: (world) => {
    states.none(world);
    world.run(authorize("s", API));
    world.run(report(5, { units: 30n }));
  },
} satisfies Record<string, (world: World) => void>;

type Row = [
  state: keyof typeof states,
  command: Command,
  condition: string,
  outcome: string,
  prepare?: (world: World) => void,
];
const spend = (amount: bigint) => (world: World) => void world.run(give(credits(-amount), "spend"));
const topUp = (world: World) => void world.run(give(credits(100_000n), "topup"));
const later = (ms: number) => (world: World) => {
  world.now += ms;
};

/** state, command, condition, outcome: the refusal's kind, "repeated", or the status that follows, the grant where it is
 *  final, and what is posted. Source: contract.md, Charging and Decisions, Sessions. */
const TABLE: readonly Row[] = [
  ["none", authorize(), "balance above 0", "active"],
  ["none", authorize(), "balance 0", "insufficient_credits", spend(100_000n)],
  ["none", authorize(), "balance below 0", "insufficient_credits", spend(100_001n)],
  ["none", authorize(), "balance of one ten-thousandth", "active", spend(99_999n)],
  ["none", report(1, 1), "no session", "session_not_found"],
  ["none", settle(1), "no session", "session_not_found"],
  ["none", cancel(), "no session", "session_not_found"],
  ["none", expire(), "no session", "session_not_found"],

  ["active", authorize(), "same body", "repeated"],
  ["active", authorize("s", undefined, "other"), "other body", "session_exists"],
  ["active", authorize("t"), "another session", "active"],
  ["active", authorize("t"), "the first holds it all", "credits_reserved", spend(99_270n)],
  ["active", report(0, 10), "seq 0 is the first", "active"],
  ["active", settle(210), "", "settled posts -2555"],
  ["active", settle(null), "nothing used", "settled"],
  ["active", settle(0.004), "costs less than half a ten-thousandth", "settled"],
  ["active", settle(6_000_000), "far beyond the floor", "settled posts -150000"],
  ["active", cancel(), "", "cancelled"],
  ["active", expire(), "before twice the validity", "repeated", later(119_999)],
  ["active", expire(), "at twice the validity", "stale", later(120_000)],
  ["active", expire(), "before the settle window is over", "stale", later(719_999)],
  ["active", expire(), "the settle window is over, nothing used", "settled", later(720_000)],

  ["reported", authorize(), "same body", "repeated"],
  ["reported", report(5, 50), "same seq", "repeated"],
  ["reported", report(4, 50), "older seq", "repeated"],
  ["reported", report(6, 50), "newer seq", "active"],
  ["reported", report(1000, 50), "seq rises by any step", "active"],
  ["reported", report(6, 20), "total below the reported one", "active"],
  ["reported", settle(60), "", "settled posts -730"],
  ["reported", settle(null), "no totals: as reported", "settled posts -365"],
  ["reported", settle(20), "total below the reported one", "settled posts -365"],
  ["reported", cancel(), "the call never connected, whatever was reported", "cancelled"],
  ["reported", expire(), "counts from the last report", "repeated", later(119_999)],
  ["reported", expire(), "counts from the last report", "stale", later(120_000)],

  ["final", authorize(), "same body", "repeated"],
  ["final", authorize("t"), "new calls never live on grace", "insufficient_credits", spend(1n)],
  ["final", authorize("t"), "nor on what others hold", "credits_reserved"],
  ["final", report(5, 16), "same seq", "repeated"],
  ["final", report(6, 12), "some of it left", "active final"],
  ["final", report(6, 16.519), "a millisecond left", "active final"],
  ["final", report(6, 16.52), "all used", "active final terminate"],
  ["final", report(6, 100), "more than granted", "active final terminate"],
  ["final", report(6, 12), "credits were added", "active", topUp],
  ["final", report(6, 100), "credits were added, which the overrun has used", "active", topUp],
  ["final", settle(16), "within the grant", "settled posts -195"],
  ["final", settle(60), "beyond the floor", "settled posts -201"],
  ["final", cancel(), "", "cancelled"],
  ["final", expire(), "", "stale", later(120_000)],

  ["stale", authorize(), "same body", "repeated"],
  ["stale", report(5, 40), "same seq", "repeated"],
  ["stale", report(6, 40), "comes back", "active"],
  ["stale", settle(60), "", "settled posts -730"],
  ["stale", cancel(), "", "cancelled"],
  ["stale", expire(), "before the settle window is over", "repeated", later(599_999)],
  ["stale", expire(), "the settle window is over", "settled posts -365", later(600_000)],

  ["settled", authorize(), "same body", "repeated"],
  ["settled", authorize("s", undefined, "other"), "other body", "session_exists"],
  ["settled", report(9, 99), "", "session_settled"],
  ["settled", report(5, 30), "same seq", "session_settled"],
  ["settled", settle(60), "same totals", "repeated"],
  ["settled", settle(null), "no totals", "repeated"],
  ["settled", settle(61), "higher totals", "session_settled"],
  ["settled", settle(59), "lower totals", "session_settled"],
  ["settled", settle({ durationMs: 60_000n, messages: 1n }), "one total differs", "session_settled"],
  ["settled", cancel(), "", "session_settled"],
  ["settled", expire(), "", "repeated", later(HOUR)],

  ["regressed", authorize(), "same body", "repeated"],
  ["regressed", report(9, 99), "", "session_settled"],
  ["regressed", settle(20), "same totals, below the reported ones", "repeated"],
  ["regressed", settle(30), "the reported totals", "repeated"],
  ["regressed", settle(31), "other totals", "session_settled"],
  ["regressed", cancel(), "", "session_settled"],
  ["regressed", expire(), "", "repeated", later(HOUR)],

  ["lost", authorize(), "same body", "repeated"],
  ["lost", report(9, 99), "", "session_settled"],
  ["lost", settle(90), "within 24 h", "settled posts -730", later(24 * HOUR - 1)],
  ["lost", settle(30), "nothing more was used", "settled"],
  ["lost", settle(20), "total below the reported one", "settled"],
  ["lost", settle(6_000_000), "beyond the floor", "settled posts -149635"],
  ["lost", settle(90), "nothing left above the floor", "settled", spend(149_635n)],
  ["lost", settle(90), "after 24 h", "session_settled", later(24 * HOUR)],
  ["lost", settle(30), "after 24 h, same totals", "repeated", later(24 * HOUR)],
  ["lost", cancel(), "", "session_settled"],
  ["lost", expire(), "", "repeated", later(HOUR)],

  ["corrected", authorize(), "same body", "repeated"],
  ["corrected", report(9, 99), "", "session_settled"],
  ["corrected", settle(90), "same totals", "repeated"],
  ["corrected", settle(91), "other totals", "session_settled"],
  ["corrected", cancel(), "", "session_settled"],
  ["corrected", expire(), "", "repeated", later(HOUR)],

  ["cancelled", authorize(), "same body", "repeated"],
  ["cancelled", authorize("s", undefined, "other"), "other body", "session_exists"],
  ["cancelled", report(9, 99), "", "session_cancelled"],
  ["cancelled", settle(1), "", "session_cancelled"],
  ["cancelled", cancel(), "", "repeated"],
  ["cancelled", expire(), "", "repeated", later(HOUR)],

  ["chat", authorize("s", TEXT), "same body", "repeated"],
  ["chat", report(6, { messages: 15n }), "a quarter left", "active"],
  ["chat", report(5, { messages: 15n }), "same seq", "repeated"],
  ["chat", settle({ messages: 25n }), "", "settled posts -250"],
  ["chat", settle({ messages: 25n, durationMs: 600_000n }), "its duration is free", "settled posts -250"],
  ["chat", settle(600), "its duration is free", "settled posts -120"],
  ["chat", cancel(), "", "cancelled"],
  ["chat", expire(), "", "stale", later(120_000)],

  ["job", authorize("s", API), "same body", "repeated"],
  ["job", report(6, { units: 40n }), "", "active"],
  ["job", report(5, { units: 40n }), "same seq", "repeated"],
  ["job", settle({ units: 150n }), "", "settled posts -15000"],
  ["job", settle({ messages: 150n }), "messages are not what it counts", "settled posts -3000"],
  ["job", cancel(), "", "cancelled"],
  ["job", expire(), "", "stale", later(120_000)],
];

describe("the session state machine", () => {
  test.each(TABLE.map((row) => ({ row, title: titleOf(row) })))("$title", ({ row }) => {
    const [state, command, , outcome, prepare] = row;
    const world = new World();
    states[state](world);
    prepare?.(world);
    const before = world.account;
    const decision = world.run(command);
    expect(outcomeOf(decision)).toBe(outcome);
    if (decision.kind === "refused" || decision.repeated) expect(world.account).toBe(before);
  });

  test("has a row for every command in every state", () => {
    const rows = new Set(TABLE.map(([state, { kind }]) => `${state}, ${kind}`));
    const commands = ["authorize", "report", "settle", "cancel", "expire"];
    const wanted = Object.keys(states).flatMap((state) => commands.map((kind) => `${state}, ${kind}`));
    expect(wanted.filter((pair) => !rows.has(pair))).toEqual([]);
  });
});

function titleOf([state, command, condition, outcome]: Row): string {
  return `${state}, ${command.kind}${condition === "" ? "" : `, ${condition}`}: ${outcome}`;
}

function outcomeOf(decision: Decision): string {
  if (decision.kind === "refused") return decision.refusal.kind;
  if (decision.repeated) return "repeated";
  const { session, posted } = decision;
  if (session === null) return "no session";
  const isFinal = session.status === "active" && session.grant.final;
  const ends = isFinal && actionFor(session, measureOf(session.architecture)) === "terminate";
  const amounts = posted.map(({ amount }) => ` posts ${amount}`);
  return [session.status, isFinal ? " final" : "", ends ? " terminate" : "", ...amounts].join("");
}
