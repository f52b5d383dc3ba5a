import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import { FIRST_PRICES } from "../pricing/price-book.ts";
import { decide } from "./decide.ts";
import type { SessionSubject } from "./session.ts";
import { API, authorize, charge, give, PIPELINE, PRICES, T0, TEXT, TIMING, World } from "./world.fixture.ts";

const REALTIME: SessionSubject = { ...PIPELINE, architecture: "realtime" };

function worldWith(amount = 100_000n): World {
  const world = new World();
  world.run(give(credits(amount)));
  return world;
}

describe("a finished event", () => {
  test("is charged in full, and says what it was", () => {
    const decision = worldWith().run(charge(210, "evt_1", "f", { occurredAt: T0 - 5_000 }));
    expect(decision).toMatchObject({
      repeated: false,
      account: { balance: 97_445n, totalUsage: 2_555n, held: 0n },
      natural: { namespace: "event", id: "evt_1", fingerprint: "f" },
      transaction: {
        kind: "voice",
        amount: -2_555n,
        sessionId: null,
        description: "Voice call session - agent_abc123 - 3.5 min",
        occurredAt: T0 - 5_000,
        recordedAt: T0,
        metadata: { agent_id: "agent_abc123", event_id: "evt_1", price_version: 1, duration_seconds: 210 },
      },
    });
  });

  test.each<[subject: SessionSubject, used: object, kind: string, description: string]>([
    [PIPELINE, { durationMs: 60_000n }, "voice", "Voice call session - agent_abc123 - 1 min"],
    [REALTIME, { durationMs: 600_000n }, "service", "Service consumption - agent_abc123 - 10 min"],
    [TEXT, { messages: 25n }, "chat", "Chat session - agent_abc123 - 25 messages"],
    [API, { units: 150n }, "api", "API usage - agent_abc123 - 150 contacts"],
  ])("of each architecture has its kind and words", (subject, used, kind, description) => {
    expect(worldWith().run(charge(used, "e", "f", { subject }))).toMatchObject({
      transaction: { kind, description },
    });
  });

  test("is described as its sender says", () => {
    expect(worldWith().run(charge(60, "e", "f", { description: "Night shift" }))).toMatchObject({
      transaction: { description: "Night shift" },
    });
  });

  test("again is the same transaction; with other contents it is a conflict", () => {
    const world = worldWith();
    world.run(charge(60));
    const [, posted] = world.transactions;
    expect(posted).toBeDefined();
    expect(world.run(charge(60))).toMatchObject({ repeated: true, transaction: posted, posted: [] });
    expect(world.run(charge(60, "e", "g"))).toMatchObject({
      refusal: { kind: "event_conflict", eventId: "e" },
    });
    expect(world.account.balance).toBe(99_270n);
  });

  test("that costs nothing posts nothing, needs no credits, and is known by its id", () => {
    const world = new World();
    const free = charge({ messages: 3n }, "e", "f", { subject: { ...TEXT, keyMode: "own_keys" } });
    expect(world.run(free)).toMatchObject({
      transaction: null,
      posted: [],
      repeated: false,
      natural: { namespace: "event", id: "e", fingerprint: "f", transaction: null },
    });
    expect(world.account.hasFreeEvents).toBe(true);
    expect(world.run(free)).toMatchObject({ repeated: true, transaction: null });
    expect(world.run(charge(60, "e", "g"))).toMatchObject({ refusal: { kind: "event_conflict" } });
  });
});

describe("usage without a price is refused", () => {
  const unknownUnit = { ...API, unitPriceId: "pigeon" };

  test("when the book has none for it", () => {
    const refusal = { kind: "refused", refusal: { kind: "price_missing" } };
    expect(worldWith().run(charge({ units: 1n }, "e", "f", { subject: unknownUnit }))).toEqual(refusal);
    expect(worldWith().run(authorize("s", unknownUnit))).toEqual(refusal);
  });

  test("when the book is not in force yet", () => {
    const prices = {
      versions: [{ version: 1, organizationId: null, effectiveFrom: T0 + 1, entries: FIRST_PRICES }],
    };
    const world = worldWith();
    for (const command of [charge(1), authorize()]) {
      const at = (now: number) => decide(world.facts(command), command, { now, prices, timing: TIMING });
      expect(at(T0)).toMatchObject({ refusal: { kind: "price_missing" } });
      expect(at(T0 + 1).kind).toBe("accepted");
    }
    expect(PRICES.versions[0]?.effectiveFrom).toBe(0);
  });
});
