import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import type { Session } from "./session.ts";
import {
  API,
  authorize,
  expire,
  give,
  ORIGIN,
  PIPELINE,
  report,
  settle,
  T0,
  TEXT,
  World,
} from "./world.fixture.ts";

const HOUR = 3_600_000;

function worldWith(subject = PIPELINE): World {
  const world = new World();
  world.run(give(credits(100_000n)));
  world.run(authorize("s", subject));
  return world;
}

function lost(subject = PIPELINE): World {
  const world = worldWith(subject);
  world.now += 30_000;
  world.run(report(0, { durationMs: 30_000n, messages: 3n, units: 3n }));
  world.now += 720_000;
  world.run(expire());
  return world;
}

function sessionOf(world: World): Session | undefined {
  return world.sessions.get("s");
}

describe("an end", () => {
  test("posts one transaction that says what was used, and releases the hold", () => {
    const world = worldWith({ ...PIPELINE, agentName: "Ada", metadata: { campaign: "spring" } });
    world.now += 210_000;
    const actor = { type: "api_key", id: "key_1", name: "runtime" } as const;
    const decision = world.run(settle(210, "s", { origin: { actor, sealedIp: "sealed" } }));
    expect(decision).toMatchObject({
      repeated: false,
      session: { status: "settled", charged: 2_555n, uncollected: 0n, held: 0n, transactionSeq: 2n },
      account: { balance: 97_445n, held: 0n, activeSessions: 0, settledSessions: 1n, totalUsage: 2_555n },
      transaction: {
        type: "consumption",
        kind: "voice",
        amount: -2_555n,
        sessionId: "s",
        description: "Voice call session - agent_abc123 - 3.5 min",
        actor,
        sealedIp: "sealed",
        metadata: {
          agent_id: "agent_abc123",
          agent_name: "Ada",
          architecture: "pipeline",
          campaign: "spring",
          duration_seconds: 210,
          key_mode: "platform_keys",
          session_type: "webcall",
        },
      },
    });
    expect(decision).not.toHaveProperty("transaction.metadata.end_reason");
    expect(sessionOf(world)).toMatchObject({ endedAt: world.now });
    expect(world.account.updatedAt).toBe(world.now);
  });

  test("says its reason on the transaction", () => {
    const decision = worldWith().run(settle(60, "s", { reason: "caller hung up" }));
    expect(decision).toHaveProperty("transaction.metadata.end_reason", "caller hung up");
  });

  test("of a chat and of an API job says what they count by", () => {
    expect(worldWith(TEXT).run(settle({ messages: 25n }))).toMatchObject({
      transaction: { kind: "chat", description: "Chat session - agent_abc123 - 25 messages" },
    });
    expect(worldWith({ ...API, agentName: "Batch calling" }).run(settle({ units: 150n }))).toMatchObject({
      transaction: { kind: "api", description: "API usage - Batch calling - 150 contacts" },
    });
  });

  test.each<[what: string, endedAt: number | null, recorded: number]>([
    ["told by nobody: when it was heard of", null, T0 + 60_000],
    ["within the session: as told", T0 + 50_000, T0 + 50_000],
    ["before the session began: at its start", T0 - 1, T0],
    ["in the future: when it was heard of", T0 + 365 * 24 * HOUR, T0 + 60_000],
  ])("has a time. %s", (_what, endedAt, recorded) => {
    const world = worldWith();
    world.now += 60_000;
    expect(world.run(settle(50, "s", { endedAt }))).toMatchObject({
      session: { endedAt: recorded },
      transaction: { occurredAt: recorded, recordedAt: T0 + 60_000 },
    });
  });

  test("that is repeated answers with the transaction it posted", () => {
    const world = worldWith();
    world.run(settle(60));
    const [, posted] = world.transactions;
    expect(posted).toBeDefined();
    expect(world.run(settle(60))).toMatchObject({ repeated: true, transaction: posted, posted: [] });
  });

  test("of a session that cost nothing posts nothing, and counts as settled", () => {
    const world = worldWith();
    expect(world.run(settle(null))).toMatchObject({
      transaction: null,
      posted: [],
      session: { status: "settled", charged: 0n, transactionSeq: null },
      account: { balance: 100_000n, held: 0n, activeSessions: 0, settledSessions: 1n },
    });
  });
});

describe("a loss", () => {
  test("is settled by the sweeper at what was reported, and flagged", () => {
    const world = lost();
    expect(sessionOf(world)).toMatchObject({ status: "settled", flags: ["lost"], charged: 365n });
    expect(world.transactions.at(-1)).toMatchObject({
      amount: -365n,
      actor: { type: "system", id: "sweeper", name: "Settle sweeper" },
      sealedIp: null,
    });
  });

  test("takes one late end: the difference to the true totals", () => {
    const world = lost();
    world.now += HOUR;
    const decision = world.run(settle(90, "s", { endedAt: T0 + 90_000, origin: ORIGIN }));
    expect(decision).toMatchObject({
      repeated: false,
      account: { balance: 98_905n },
      session: {
        cost: 1_095n,
        charged: 1_095n,
        uncollected: 0n,
        flags: ["lost", "late_end"],
        transactionSeq: 3n,
      },
      transaction: {
        type: "adjustment",
        kind: "late_end",
        amount: -730n,
        sessionId: "s",
        description: "Late end correction - Voice call session - agent_abc123 - 1.5 min",
        metadata: { agent_id: "agent_abc123", duration_seconds: 90 },
        occurredAt: T0 + 90_000,
        recordedAt: world.now,
      },
    });
    expect(world.run(settle(90))).toMatchObject({ repeated: true, transaction: { amount: -730n } });
  });

  test("of an API job is corrected in the job's own units", () => {
    expect(lost(API).run(settle({ units: 4n }))).toMatchObject({
      transaction: { description: "Late end correction - API usage - agent_abc123 - 4 contacts" },
    });
  });

  test("has no late end from the future", () => {
    const world = lost();
    expect(world.run(settle(90, "s", { endedAt: world.now + HOUR }))).toMatchObject({
      transaction: { occurredAt: world.now },
    });
  });

  test("is corrected no further than the floor; the rest is uncollected", () => {
    const world = lost();
    world.run(give(credits(-149_000n), "spend"));
    expect(world.run(settle(900))).toMatchObject({
      account: { balance: -50_000n },
      session: { cost: 10_950n, charged: 365n + 635n, uncollected: 9_950n },
      transaction: { amount: -635n },
    });
  });

  test("whose end brings nothing more posts nothing, and answers with what was settled", () => {
    const world = lost();
    const settled = world.transactions.at(-1);
    expect(world.run(settle(30))).toMatchObject({
      repeated: false,
      posted: [],
      transaction: settled,
      session: { flags: ["lost", "late_end"], charged: 365n },
    });
    expect(world.run(settle(60))).toMatchObject({ refusal: { kind: "session_settled", sessionId: "s" } });
  });
});

describe("a refusal names the session", () => {
  test.each([
    ["that does not exist", new World(), "session_not_found"],
    ["that is settled", lostAndCorrected(), "session_settled"],
  ])("%s", (_what, world, kind) => {
    expect(world.run(settle(1, "s"))).toEqual({ kind: "refused", refusal: { kind, sessionId: "s" } });
  });
});

function lostAndCorrected(): World {
  const world = lost();
  world.run(settle(90));
  return world;
}
