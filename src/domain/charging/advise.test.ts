import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Account, available, headroom, newAccount } from "../ledger/account.ts";
import { credits, ZERO } from "../money/credits.ts";
import { rate } from "../money/exact.ts";
import type { SpendLimit } from "../policy/spend-limit.ts";
import { NO_USAGE } from "../pricing/rate-usage.ts";
import { adviseStart, runwayOf } from "./advise.ts";
import { renewGrant } from "./grant.ts";
import type { SessionSubject } from "./session.ts";
import { API, authorize, give, PIPELINE, ratesOf, TEXT, World } from "./world.fixture.ts";

const FREE: SessionSubject = { ...TEXT, keyMode: "own_keys" };

const limitOf = (limit: bigint): SpendLimit => ({
  scope: "organization",
  subject: null,
  period: "day",
  limit: credits(limit),
  periodStart: 0,
  spent: ZERO,
  held: ZERO,
  told: "ok",
});

const accountWith = (balance: bigint, held = 0n): Account => ({
  ...newAccount("org", { graceLimit: credits(1_000n), lowBalanceThreshold: credits(0n) }, 0),
  balance: credits(balance),
  held: credits(held),
});

describe("advice before a start", () => {
  test.each<[balance: bigint, held: bigint, refusal: string | null, remainingGrace: bigint, seconds: bigint]>(
    [
      [730n, 0n, null, 1_000n, 142n],
      [1n, 0n, null, 1_000n, 82n],
      [730n, 730n, "credits_reserved", 1_000n, 82n],
      [730n, 729n, null, 1_000n, 82n],
      [0n, 0n, "insufficient_credits", 1_000n, 82n],
      [-1n, 0n, "insufficient_credits", 999n, 82n],
      [-600n, 0n, "insufficient_credits", 400n, 32n],
      [-1_000n, 0n, "insufficient_credits", 0n, 0n],
      [-2_000n, 0n, "insufficient_credits", 0n, 0n],
    ],
  )("at a balance of %d with %d held: %s, %d of grace left, %d s to the floor", (...row) => {
    const [balance, held, refusal, remainingGrace, seconds] = row;
    const advice = adviseStart(accountWith(balance, held), ratesOf(PIPELINE));
    expect(advice).toMatchObject({ refusal, remainingGrace });
    expect((advice.stepsMax ?? 0n) / 1_000n).toBe(seconds);
  });

  test("names no limit for what is free", () => {
    expect(adviseStart(accountWith(1n), ratesOf(FREE)).stepsMax).toBeNull();
  });

  test("is what a start then gets", () => {
    const world = new World();
    for (const id of ["a", "b", "c"]) {
      const { refusal } = adviseStart(world.account, ratesOf(PIPELINE));
      const decision = world.run(authorize(id));
      expect(decision.kind === "refused" ? decision.refusal.kind : null).toBe(refusal);
      world.run(give(credits(1n), id));
    }
  });
});

describe("a runway", () => {
  test.each<[balance: bigint, held: bigint, steps: bigint, sessionsMax: bigint]>([
    [1_220n, 0n, 1_220n, 13n],
    [10_000n, 0n, 10_000n, 102n],
    [1_220n, 1_219n, 1_220n, 1n],
    [1_220n, 1_220n, 1_220n, 0n],
    [0n, 0n, 0n, 0n],
    [-1n, 0n, 0n, 0n],
    [100n, 200n, 100n, 0n],
  ])("of %d with %d held is %d messages, or %d chats at once", (balance, held, steps, sessionsMax) => {
    const runway = runwayOf(accountWith(balance, held), ratesOf(TEXT));
    expect(runway).toEqual({ steps: steps / 10n, sessionsMax });
  });

  test("counts the sessions that can then be opened, and not one more", () => {
    const worlds = fc.record({
      balance: fc.integer({ min: 1, max: 9_000 }),
      grace: fc.integer({ min: 0, max: 500 }),
      before: fc.nat(3),
    });
    fc.assert(
      fc.property(worlds, fc.constantFrom(PIPELINE, TEXT, API), ({ balance, grace, before }, subject) => {
        const world = new World();
        world.run(give(credits(BigInt(balance))));
        world.run({ kind: "set_policy", policy: { graceLimit: credits(BigInt(grace)) } });
        for (let count = 0; count < before; count += 1) world.run(authorize(`before-${count}`));
        const { sessionsMax } = runwayOf(world.account, ratesOf(subject));
        let opened = 0n;
        while (world.run(authorize(`s${opened}`, subject)).kind === "accepted") opened += 1n;
        expect(sessionsMax).toBe(opened);
      }),
    );
  });

  test.each([
    ["calls", PIPELINE, 1_000_000n, null],
    ["chats", TEXT, 200_000n, null],
    ["jobs", API, 10_000_000n, null],
    ["calls within a spend limit", PIPELINE, 10_000_000n, 1_500_123n],
  ])("counts thousands of %s as opening one after the other would", (_what, subject, balance, room) => {
    const rates = ratesOf(subject);
    const session = { usage: NO_USAGE, grant: { limit: 0n, size: 0n, final: false }, held: ZERO, cost: ZERO };
    let account = accountWith(balance);
    let opened = 0n;
    for (; available(account) > 0n; opened += 1n) {
      const left = room === null ? headroom(account) : credits(room - account.held);
      const granted = renewGrant(
        account,
        session,
        rates,
        left < headroom(account) ? left : headroom(account),
      );
      if (granted.session.grant.limit === 0n) break;
      account = { ...granted.account, activeSessions: account.activeSessions + 1 };
    }
    expect(opened).toBeGreaterThan(2_000n);
    expect(runwayOf(accountWith(balance), rates, room === null ? null : limitOf(room)).sessionsMax).toBe(
      opened,
    );
  });

  test("of a large balance lies between what standard and what minimum grants come to", () => {
    const { sessionsMax } = runwayOf(accountWith(10_000_000_000n), ratesOf(PIPELINE));
    expect(sessionsMax).toBeGreaterThan(10_000_000_000n / 730n);
    expect(sessionsMax).toBeLessThan(10_000_000_000n / 122n);
  });

  test("at a price so high that each grant differs counts no more than can be opened", () => {
    const base = { component: "base", unit: "minute", unitName: "minute", model: null } as const;
    const dear = { measure: "durationMs", rates: [{ ...base, rate: rate(10n ** 14n) }] } as const;
    const { sessionsMax } = runwayOf(accountWith(10n ** 13n), { ...dear, usedDefault: false });
    // A minute is 10^8 of them.
    expect(sessionsMax).toBeGreaterThan(100_000n);
    expect(sessionsMax).toBeLessThan(600_000n);
  });

  test("has no end where usage is free", () => {
    expect(runwayOf(accountWith(0n), ratesOf(FREE))).toEqual({ steps: null, sessionsMax: null });
  });
});
