import { describe, expect, test } from "vitest";
import { available } from "../ledger/account.ts";
import { credits } from "../money/credits.ts";
import type { Command } from "./command.ts";
import { authorize, charge, give, ORIGIN, report, settle, T0, World } from "./world.fixture.ts";

const cancel: Command = { kind: "cancel", sessionId: "s" };
const expire: Command = { kind: "expire", sessionId: "s" };
const HOUR = 3_600_000;

/** How a world comes into a session's state. */
const states: Readonly<Record<string, (world: World) => void>> = {
  none: (world) => void world.run(give(credits(100_000n))),
  active: (world) => {
    world.run(give(credits(100_000n)));
    world.run(authorize());
  },
  reported: (world) => {
    states.active?.(world);
    world.now += 30_000;
    world.run(report(5, 30));
  },
  stale: (world) => {
    states.reported?.(world);
    world.now += 120_000;
    world.run(expire);
  },
  settled: (world) => {
    states.reported?.(world);
    world.run(settle(60));
  },
  regressed: (world) => {
    states.reported?.(world);
    world.run(settle(20));
  },
  lost: (world) => {
    states.stale?.(world);
    world.now += 600_000;
    world.run(expire);
  },
  corrected: (world) => {
    states.lost?.(world);
    world.run(settle(90));
  },
  cancelled: (world) => {
    states.active?.(world);
    world.run(cancel);
  },
};

type Row = [
  state: string,
  command: Command,
  condition: string,
  outcome: string,
  prepare?: (world: World) => void,
];
const spend = (amount: bigint) => (world: World) => void world.run(give(credits(-amount), "spend"));
const later = (ms: number) => (world: World) => {
  world.now += ms;
};

/** state, command, condition, outcome: the refusal's kind, "repeated", or the status that follows (with what it posts). */
const TABLE: readonly Row[] = [
  ["none", authorize(), "balance above 0", "active"],
  ["none", authorize(), "balance 0", "insufficient_credits", spend(100_000n)],
  ["none", authorize(), "balance below 0", "insufficient_credits", spend(100_001n)],
  ["none", authorize(), "balance of one ten-thousandth", "active", spend(99_999n)],
  ["none", report(1, 1), "no session", "session_not_found"],
  ["none", settle(1), "no session", "session_not_found"],
  ["none", cancel, "no session", "session_not_found"],
  ["none", expire, "no session", "session_not_found"],
  ["active", authorize(), "same body", "repeated"],
  ["active", authorize("s", undefined, "other"), "other body", "session_exists"],
  ["active", authorize("t"), "another session", "active"],
  ["active", authorize("t"), "the first holds it all", "credits_reserved", spend(99_270n)],
  ["active", report(0, 10), "seq 0 is the first", "active"],
  ["active", cancel, "", "cancelled"],
  ["active", settle(210), "", "settled posts -2555"],
  ["active", settle(null), "nothing used", "settled"],
  ["active", expire, "before twice the validity", "repeated", later(119_999)],
  ["active", expire, "at twice the validity", "stale", later(120_000)],
  ["active", expire, "past the settle window", "settled", later(720_000)],
  ["reported", report(5, 50), "same seq", "repeated"],
  ["reported", report(4, 50), "older seq", "repeated"],
  ["reported", report(6, 50), "newer seq", "active"],
  ["reported", settle(20), "total below the reported one", "settled posts -365"],
  ["stale", report(6, 40), "", "active"],
  ["stale", settle(60), "", "settled posts -730"],
  ["stale", cancel, "", "cancelled"],
  ["stale", expire, "before the settle window is over", "repeated", later(599_999)],
  ["stale", expire, "the settle window is over", "settled posts -365", later(600_000)],
  ["settled", report(9, 99), "", "session_settled"],
  ["settled", settle(60), "same totals", "repeated"],
  ["settled", settle(null), "no totals", "repeated"],
  ["settled", settle(61), "other totals", "session_settled"],
  ["settled", cancel, "", "session_settled"],
  ["settled", expire, "", "repeated"],
  ["settled", authorize(), "same body", "repeated"],
  ["regressed", settle(20), "same totals, below the reported ones", "repeated"],
  ["regressed", settle(30), "the reported totals", "repeated"],
  ["regressed", settle(31), "other totals", "session_settled"],
  ["lost", settle(90), "within 24 h", "settled posts -730"],
  ["lost", settle(30), "nothing more was used", "settled"],
  ["lost", settle(90), "after 24 h", "session_settled", later(24 * HOUR)],
  ["lost", report(9, 99), "", "session_settled"],
  ["corrected", settle(90), "same totals", "repeated"],
  ["corrected", settle(91), "other totals", "session_settled"],
  ["cancelled", cancel, "", "repeated"],
  ["cancelled", report(9, 99), "", "session_cancelled"],
  ["cancelled", settle(1), "", "session_cancelled"],
  ["cancelled", expire, "", "repeated"],
];

describe("the session state machine", () => {
  test.each(TABLE.map((row) => ({ row, title: titleOf(row) })))("$title", ({ row }) => {
    const [state, command, , outcome, prepare] = row;
    const world = new World();
    states[state]?.(world);
    prepare?.(world);
    const before = world.account;
    const decision = world.run(command);
    expect(outcomeOf(decision)).toBe(outcome);
    if (decision.kind === "refused" || decision.repeated) expect(world.account).toBe(before);
  });
});

function titleOf([state, command, condition, outcome]: Row): string {
  return `${state}, ${command.kind}${condition === "" ? "" : `, ${condition}`}: ${outcome}`;
}

function outcomeOf(decision: ReturnType<World["run"]>): string {
  if (decision.kind === "refused") return decision.refusal.kind;
  if (decision.repeated) return "repeated";
  const posted = decision.posted.map(({ amount }) => ` posts ${amount}`).join("");
  return `${decision.session?.status}${posted}`;
}

describe("grants", () => {
  const worldWith = (amount: bigint) => {
    const world = new World();
    world.run(give(credits(amount)));
    return world;
  };

  test("are 60 s, the fair share where that is less, and 10 s at least", () => {
    const world = worldWith(1_000n);
    const grants = ["a", "b", "c"].map((id) => {
      const decision = world.run(authorize(id));
      return decision.kind === "accepted" ? Number(decision.session?.grant.limit) / 1000 : null;
    });
    expect(grants[0]).toBe(60);
    expect(grants[1]).toBeCloseTo(11.096, 1);
    expect(grants[2]).toBe(10);
  });

  test("of new calls take from grace no more than the last sliver of the minimum", () => {
    const world = worldWith(1n);
    expect(world.run(authorize("a")).kind).toBe("accepted");
    expect(available(world.account)).toBe(1n - 122n);
    expect(world.run(authorize("b"))).toMatchObject({ refusal: { kind: "credits_reserved" } });
  });

  test("without grace are what is there, and final", () => {
    const world = worldWith(100n);
    world.run({ kind: "set_policy", policy: { graceLimit: credits(0n) } });
    const decision = world.run(authorize());
    expect(decision).toMatchObject({ session: { held: 100n, grant: { final: true } } });
  });

  test("are renewed with a quarter left, not before, and then leave the account as it was", () => {
    const world = worldWith(100_000n);
    world.run(authorize());
    const account = world.account;
    world.run(report(1, 44));
    expect(world.account).toBe(account);
    world.run(report(2, 45));
    expect(world.account.held).toBeGreaterThan(account.held);
  });

  test("end with a final one, which a top-up turns into a normal one at the next report", () => {
    const world = worldWith(1n);
    world.run({ kind: "set_policy", policy: { graceLimit: credits(200n) } });
    world.run(authorize());
    world.run(report(1, 10));
    expect(world.sessions.get("s")?.grant.final).toBe(true);
    world.run(give(credits(100_000n), "topup"));
    world.run(report(2, 11));
    expect(world.sessions.get("s")?.grant).toMatchObject({ final: false, limit: 71_000n });
  });
});

describe("the floor", () => {
  test("bounds what an overrun is charged; the rest is uncollected, never silent", () => {
    const world = new World();
    world.run(give(credits(1_000n)));
    world.run(authorize());
    world.run(settle(100_000));
    const session = world.sessions.get("s");
    expect(world.account.balance).toBe(-50_000n);
    expect(session && session.charged + session.uncollected).toBe(session?.cost);
    expect(session?.uncollected).toBeGreaterThan(0n);
  });

  test("refuses an event that would cross it, and takes one that just does not", () => {
    const world = new World();
    world.run(give(credits(730n)));
    world.run({ kind: "set_policy", policy: { graceLimit: credits(730n) } });
    expect(world.run(charge(121, "too-much"))).toMatchObject({ refusal: { kind: "insufficient_credits" } });
    expect(world.run(charge(120, "exact")).kind).toBe("accepted");
    expect(world.account.balance).toBe(-730n);
  });

  test("comes up with a lowered grace only as running calls release", () => {
    const world = new World();
    world.run(give(credits(100n)));
    world.run(authorize());
    world.run(report(1, 500));
    const used = world.account.held - world.account.balance;
    world.run({ kind: "set_policy", policy: { graceLimit: credits(0n) } });
    expect(world.account.graceLimit).toBe(used);
    world.run({ kind: "cancel", sessionId: "s" });
    expect(world.account.graceLimit).toBe(0n);
  });

  test("may be crossed by the refund of a spent purchase, after which nothing new starts", () => {
    const world = new World();
    const purchase = { storeId: "1", orderId: "7", credits: credits(500_000n), totalMinor: 6_000n };
    const bought = { ...purchase, refundedCredits: credits(0n), transactionSeq: null };
    const buy = { description: "", metadata: {}, origin: ORIGIN, occurredAt: T0, purchase: bought };
    world.run({ kind: "credit_purchase", ...buy });
    expect(world.run({ kind: "credit_purchase", ...buy })).toMatchObject({ repeated: true });
    world.run(charge(40_000));
    const refund = (refundedMinor: bigint): Command => ({
      kind: "refund_purchase",
      storeId: "1",
      orderId: "7",
      refundedMinor,
      origin: ORIGIN,
    });
    // A third of what was paid, tax included, is a third of the credits, half-up.
    expect(world.run(refund(2_000n))).toMatchObject({
      transaction: { amount: -166_667n, kind: "purchase_refund" },
    });
    expect(world.run(refund(2_000n))).toMatchObject({ repeated: true });
    expect(world.run(refund(6_000n))).toMatchObject({ transaction: { amount: -333_333n } });
    expect(world.account.balance).toBeLessThan(-50_000n);
    expect(world.run(authorize())).toMatchObject({ refusal: { kind: "insufficient_credits" } });
  });
});
