import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { available } from "../ledger/account.ts";
import { credits } from "../money/credits.ts";
import { exactPerStep, measureOf } from "../pricing/rate-usage.ts";
import { GRANT_SIZES, grantView } from "./grant.ts";
import { isRunning, type Session, type SessionSubject } from "./session.ts";
import {
  API,
  authorize,
  cancel,
  give,
  PIPELINE,
  ratesOf,
  report,
  setGrace,
  settle,
  T0,
  TEXT,
  TIMING,
  World,
} from "./world.fixture.ts";

function worldWith(amount: bigint, grace = 50_000n): World {
  const world = new World();
  world.run(give(credits(amount)));
  world.run(setGrace(grace));
  return world;
}

function opened(world: World, id = "s", subject = PIPELINE): Session {
  world.run(authorize(id, subject));
  return sessionOf(world, id);
}

function sessionOf(world: World, id = "s"): Session {
  const session = world.sessions.get(id);
  if (session === undefined) throw new Error(`no session ${id}`);
  return session;
}

/** Ten-thousandths that a number of steps costs, rounded up: what must be held for them. */
function priceOf(subject: SessionSubject, steps: bigint): bigint {
  const exact = exactPerStep(ratesOf(subject)) * steps;
  const unit = 60_000_000_000n;
  return (exact + unit - 1n) / unit;
}

const subjects = fc.constantFrom(PIPELINE, { ...PIPELINE, sessionType: "telephony" as const }, TEXT, API);

describe("a first grant", () => {
  test.each<[what: string, subject: SessionSubject, limit: bigint, held: bigint]>([
    ["60 s of a call", PIPELINE, 60_000n, 730n],
    ["20 messages of a chat", TEXT, 20n, 200n],
    ["50 units of a job", API, 50n, 5_000n],
    ["20 messages that are free", { ...TEXT, keyMode: "own_keys" }, 20n, 0n],
  ])("is %s where there is plenty", (_what, subject, limit, held) => {
    expect(opened(worldWith(100_000n), "s", subject)).toMatchObject({
      grant: { limit, size: limit, final: false },
      held,
    });
  });

  test.each<[subject: SessionSubject, limit: bigint, held: bigint]>([
    [PIPELINE, 10_000n, 122n],
    [TEXT, 5n, 50n],
    [API, 5n, 500n],
  ])("is the minimum where there is next to nothing, its last sliver from grace", (subject, limit, held) => {
    expect(opened(worldWith(1n), "s", subject)).toMatchObject({ grant: { limit, final: false }, held });
  });

  test("is the fair share between the two: of 0.1000, 60 s, then half of what is left, then 10 s", () => {
    const world = worldWith(1_000n);
    expect(["a", "b", "c"].map((id) => opened(world, id).grant.limit)).toEqual([60_000n, 11_095n, 10_000n]);
  });

  test("without grace is what is there, and final", () => {
    expect(opened(worldWith(100n, 0n))).toMatchObject({ held: 100n, grant: { limit: 8_219n, final: true } });
  });

  test("that would not pay for one step is refused: reserved where others hold it, else used up", () => {
    const world = worldWith(5_099n, 0n);
    world.run(authorize("a", API));
    expect(world.run(authorize("b", API))).toMatchObject({
      refusal: { kind: "credits_reserved", balance: 5_099n, available: 99n, retryAfterSeconds: 15 },
    });
    world.run(settle({ units: 50n }, "a"));
    expect(world.run(authorize("b", API))).toMatchObject({
      refusal: { kind: "insufficient_credits", balance: 99n, available: 99n },
    });
  });

  test("takes no more from grace than the last sliver of a minimum, whatever runs already", () => {
    const balances = fc.bigInt({ min: -2_000n, max: 20_000n });
    const calls = fc.array(subjects, { maxLength: 12 });
    fc.assert(
      fc.property(balances, fc.bigInt({ min: 0n, max: 5_000n }), calls, (balance, grace, running) => {
        const world = worldWith(balance === 0n ? 1n : balance, grace);
        for (const [index, subject] of running.entries()) {
          const before = available(world.account);
          const decision = world.run(authorize(String(index), subject));
          if (decision.kind === "refused") {
            expect(world.account.balance > 0n && before > 0n && grace > 500n).toBe(false);
            continue;
          }
          expect(before).toBeGreaterThan(0n);
          const smallest = priceOf(subject, GRANT_SIZES[measureOf(subject.architecture)].min);
          const after = available(world.account);
          expect(after > -smallest && after >= -grace).toBe(true);
        }
      }),
    );
  });
});

describe("a renewal", () => {
  test("comes with a quarter of the grant left, not before, and else leaves the account as it was", () => {
    const world = worldWith(100_000n);
    opened(world);
    const { account } = world;
    world.run(report(1, 44.999));
    expect(world.account).toBe(account);
    world.run(report(2, 45));
    expect(sessionOf(world).grant).toEqual({ limit: 105_000n, size: 60_000n, final: false });
    expect(world.account.held).toBe(1_278n);
    world.run(report(3, 89.999));
    expect(sessionOf(world).grant.limit).toBe(105_000n);
    world.run(report(4, 90));
    expect(sessionOf(world).grant.limit).toBe(150_000n);
  });

  test("never takes back what was granted, though its fair share has shrunk", () => {
    const world = worldWith(900n);
    opened(world);
    for (const id of ["b", "c"]) opened(world, id);
    world.run(report(1, 45));
    expect(sessionOf(world).grant.limit).toBe(60_000n);
    expect(sessionOf(world).held).toBe(730n);
  });

  test("raises the hold to the cost when usage outran the grant, as far as the floor allows", () => {
    const world = worldWith(1_000n, 0n);
    opened(world);
    world.run(report(1, 75));
    expect(sessionOf(world)).toMatchObject({ cost: 913n, held: 1_000n, grant: { final: true } });
    world.run(report(2, 300));
    expect(sessionOf(world)).toMatchObject({ cost: 3_650n, held: 1_000n, grant: { size: 0n, final: true } });
  });

  test("of a session that used up its final grant is a full share again once credits were added", () => {
    const world = worldWith(100n, 0n);
    opened(world);
    world.run(report(1, 60));
    world.run(give(credits(1_260n), "topup"));
    world.run(report(2, 60));
    // 0.1360 less the cost of 0.0730 so far are 0.0630: 51.780 s, for no other session shares it.
    expect(sessionOf(world).grant).toEqual({ limit: 111_780n, size: 51_780n, final: false });
  });

  test("gives each running session its fair share, between the minimum and the standard size", () => {
    const seconds = fc.array(fc.integer({ min: 45, max: 120 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.bigInt({ min: 10_000n, max: 60_000n }), seconds, (balance, used) => {
        const world = worldWith(balance);
        for (const index of used.keys()) opened(world, String(index));
        for (const [index, total] of used.entries()) {
          const before = sessionOf(world, String(index));
          const pool = available(world.account) + before.held;
          world.run(report(1, total, String(index)));
          const { grant, cost } = sessionOf(world, String(index));
          const share = (pool - cost) / BigInt(used.length);
          const isKept = grant.limit === before.grant.limit;
          expect(isKept || priceOf(PIPELINE, grant.size) <= (share > 122n ? share : 122n)).toBe(true);
          const next = priceOf(PIPELINE, grant.size + 1n);
          expect(grant.size === 60_000n || next > share).toBe(true);
        }
      }),
    );
  });

  test("may live on grace down to the floor, and is final when no further one could be given", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 1_000n }),
        fc.bigInt({ min: 0n, max: 2_000n }),
        (balance, grace) => {
          const world = worldWith(balance, grace);
          if (world.run(authorize()).kind === "refused") return;
          let seq = 0;
          while (!sessionOf(world).grant.final) {
            seq += 1;
            world.run(report(seq, Number(sessionOf(world).grant.limit) / 1000));
          }
          const { grant, held } = sessionOf(world);
          expect(held <= balance + grace).toBe(true);
          expect(priceOf(PIPELINE, grant.limit + 1n) > balance + grace).toBe(true);
        },
      ),
    );
  });
});

describe("a grant as the runtime sees it", () => {
  const viewOf = (session: Session) => grantView(session, measureOf(session.architecture), TIMING.validityMs);

  test("counts on from the reported total", () => {
    const world = worldWith(100_000n);
    expect(viewOf(opened(world))).toEqual({
      amount: 730n,
      steps: 60_000n,
      measure: "durationMs",
      expiresAt: T0 + 60_000,
      renewAfterMs: 45_000,
      final: false,
    });
    world.now += 30_000;
    world.run(report(1, 30));
    expect(viewOf(sessionOf(world))).toMatchObject({
      amount: 365n,
      steps: 30_000n,
      expiresAt: T0 + 90_000,
      renewAfterMs: 15_000,
    });
  });

  test("is to be renewed well inside the validity, and at once when a quarter or less is left", () => {
    const world = worldWith(100_000n);
    const session = opened(world);
    expect(grantView(session, "durationMs", 8_000)?.renewAfterMs).toBe(6_000);
    const late = { ...session, usage: { ...session.usage, durationMs: 50_000n } };
    expect(viewOf(late)?.renewAfterMs).toBe(0);
  });

  test("of a chat is to be renewed by the validity, for nobody knows when messages come", () => {
    expect(viewOf(opened(worldWith(100_000n), "s", TEXT))).toMatchObject({
      steps: 20n,
      renewAfterMs: 45_000,
    });
  });

  test("is empty, and never to be renewed, once a final one is used up", () => {
    const world = worldWith(100n, 0n);
    opened(world);
    world.run(report(1, 60));
    expect(viewOf(sessionOf(world))).toMatchObject({
      amount: 0n,
      steps: 0n,
      renewAfterMs: null,
      final: true,
    });
  });

  test("is there for a stale session, and for none that has ended", () => {
    const world = worldWith(100_000n);
    opened(world);
    world.now += 2 * TIMING.validityMs;
    world.run({ kind: "expire", sessionId: "s" });
    expect(viewOf(sessionOf(world))?.steps).toBe(60_000n);
    world.run(cancel());
    expect(viewOf(sessionOf(world))).toBeNull();
    world.run(authorize("t"));
    world.run(settle(1, "t"));
    expect(viewOf(sessionOf(world, "t"))).toBeNull();
    expect([...world.sessions.values()].some(isRunning)).toBe(false);
  });
});
