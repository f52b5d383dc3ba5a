import { expect, test } from "vitest";
import { type Credits, credits } from "../money/credits.ts";
import type { Command } from "./command.ts";
import { decide } from "./decide.ts";
import {
  authorize,
  cancel,
  charge,
  give,
  ORIGIN,
  PRICES,
  report,
  setGrace,
  settle,
  TIMING,
  World,
} from "./world.fixture.ts";

function worldWith(amount: bigint): World {
  const world = new World();
  world.run(give(credits(amount)));
  return world;
}

test("what the floor keeps from being charged is uncollected, never silent", () => {
  const world = worldWith(1_000n);
  world.run(authorize());
  world.run(settle(100_000));
  expect(world.account.balance).toBe(-50_000n);
  expect(world.sessions.get("s")).toMatchObject({
    cost: 1_216_667n,
    charged: 51_000n,
    uncollected: 1_165_667n,
  });
});

test("an event that would cross the floor is refused, and one that reaches it is not", () => {
  const world = worldWith(730n);
  world.run(setGrace(730n));
  expect(world.run(charge(121, "too-much"))).toMatchObject({
    refusal: { kind: "insufficient_credits", balance: 730n, available: 730n },
  });
  expect(world.run(charge(120, "exact"))).toMatchObject({ transaction: { amount: -1_460n } });
  expect(world.account.balance).toBe(-730n);
});

test("an event that would cross the floor only because sessions hold credits is told to wait", () => {
  const world = worldWith(1_460n);
  world.run(setGrace(0n));
  world.run(authorize());
  expect(world.run(charge(61))).toMatchObject({
    refusal: { kind: "credits_reserved", balance: 1_460n, available: 730n, retryAfterSeconds: 15 },
  });
  expect(world.run(charge(120))).toMatchObject({ refusal: { kind: "credits_reserved" } });
  expect(world.run(charge(120.1))).toMatchObject({ refusal: { kind: "insufficient_credits" } });
  expect(world.run(charge(60))).toMatchObject({ transaction: { amount: -730n } });
});

test("the floor comes up with a lowered grace only as running calls release", () => {
  const world = worldWith(100n);
  world.run(authorize());
  world.run(report(1, 500));
  const used = world.account.held - world.account.balance;
  world.run(setGrace(0n));
  expect(world.account.graceLimit).toBe(used);
  world.run(cancel());
  expect(world.account.graceLimit).toBe(0n);
});

test("an adjustment may cross the floor, after which usage stops but running sessions still settle", () => {
  const world = worldWith(1_000n);
  world.run(authorize());
  world.run(give(credits(-60_000n), "correction"));
  expect(world.account.balance).toBe(-59_000n);
  expect(world.run(authorize("t"))).toMatchObject({ refusal: { kind: "insufficient_credits" } });
  expect(world.run(charge(1))).toMatchObject({ refusal: { kind: "insufficient_credits" } });
  world.run(report(1, 60));
  expect(world.sessions.get("s")?.grant).toMatchObject({ final: true, limit: 60_000n });
  expect(world.run(settle(90))).toMatchObject({ transaction: { amount: -730n } });
});

/** Decisions that only a bug elsewhere could ask for. */
function decideOn(world: World, command: Command) {
  return () => decide(world.facts(command), command, { now: world.now, prices: PRICES, timing: TIMING });
}

test("a command that would take an account below its floor all the same is a fault", () => {
  const world = worldWith(10n);
  const purchase = (amount: Credits): Command => ({
    kind: "credit_purchase",
    purchase: {
      storeId: "1",
      orderId: "7",
      credits: amount,
      totalMinor: 1n,
      refundedCredits: credits(0n),
      transactionSeq: null,
    },
    description: "",
    metadata: {},
    origin: ORIGIN,
    occurredAt: null,
  });
  expect(decideOn(world, purchase(credits(-50_011n)))).toThrow(
    "invariant broken: credit_purchase would take org_test below its floor",
  );
  expect(decideOn(world, purchase(credits(-50_010n)))()).toMatchObject({ account: { balance: -50_000n } });
});

test("a hold that the account does not know of is a fault", () => {
  const world = worldWith(1_000n);
  world.run(authorize());
  world.account = { ...world.account, held: credits(729n) };
  expect(decideOn(world, cancel())).toThrow("invariant broken: holds are not negative");
});
