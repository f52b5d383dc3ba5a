import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import type { Command, Decision, News } from "./command.ts";
import {
  authorize,
  cancel,
  charge,
  expire,
  give,
  PIPELINE,
  report,
  setGrace,
  settle,
  T0,
  TEXT,
  World,
} from "./world.fixture.ts";

function opened(): World {
  const world = new World();
  world.run(give(credits(100_000n)));
  world.run(authorize());
  return world;
}

function newsOf(decision: Decision): readonly News[] {
  if (decision.kind === "refused") throw new Error(`refused: ${decision.refusal.kind}`);
  return decision.news;
}

/** One line for each entry: what is told, of which transaction and session, with which balance and hold. */
const linesOf = (decision: Decision) =>
  newsOf(decision).map(
    ({ seq, type, transactionSeq, sessionId, balance, held }) =>
      `${seq} ${type} ${transactionSeq} ${sessionId} ${balance} ${held}`,
  );

describe("the news of a command", () => {
  test.each<[what: string, command: Command, lines: string[]]>([
    ["that adds credit", give(credits(5n)), ["3 credit_added 2 null 100005 730"]],
    ["that takes credit", give(credits(-5n)), ["3 balance_updated 2 null 99995 730"]],
    ["that charges", charge(60), ["3 credit_consumed 2 null 99270 730"]],
    ["that settles", settle(60), ["3 credit_consumed 2 s 99270 0"]],
    ["that settles for nothing", settle(null), ["3 session_updated null s 100000 0"]],
    ["that opens a session", authorize("t"), ["3 session_updated null t 100000 1460"]],
    ["that cancels", cancel(), ["3 session_updated null s 100000 0"]],
    ["that renews", report(1, 50), ["3 session_updated null s 100000 1339"]],
    ["that renews nothing", report(1, 10), []],
    ["that changes the policy", setGrace(1n), ["3 balance_updated null null 100000 730"]],
    ["that repeats another", authorize(), []],
    ["that has nothing to expire", expire(), []],
  ])("%s", (_what, command, lines) => {
    const world = opened();
    const { newsSeq } = world.account;
    expect(linesOf(world.run(command))).toEqual(lines);
    expect(world.account.newsSeq).toBe(newsSeq + BigInt(lines.length));
  });

  test("of a session that goes stale, comes back, or is free and renewed, is the session's", () => {
    const world = opened();
    world.now += 120_000;
    expect(linesOf(world.run(expire()))).toEqual(["3 session_updated null s 100000 730"]);
    expect(linesOf(world.run(report(1, 1)))).toEqual(["4 session_updated null s 100000 730"]);
    world.run(authorize("f", { ...TEXT, keyMode: "own_keys" }));
    expect(linesOf(world.run(report(1, { messages: 15n }, "f")))).toEqual([
      "6 session_updated null f 100000 730",
    ]);
  });

  test("of a late end that changes no balance is nothing: the page shows no running session", () => {
    const world = opened();
    world.run(report(1, 10));
    world.now += 720_000;
    world.run(expire());
    expect(linesOf(world.run(settle(10)))).toEqual([]);
  });

  test("of a late end that is posted is told as the adjustment it is", () => {
    const world = opened();
    world.now += 720_000;
    world.run(expire());
    expect(newsOf(world.run(settle(60)))).toMatchObject([{ type: "balance_updated", sessionId: "s" }]);
  });
});

describe("a policy", () => {
  test("changes what is named and leaves the rest", () => {
    const world = new World();
    world.now += 1_000;
    world.run({ kind: "set_policy", policy: { lowBalanceThreshold: credits(7n) } });
    expect(world.account).toMatchObject({
      graceLimit: 50_000n,
      graceLimitSet: 50_000n,
      lowBalanceThreshold: 7n,
      updatedAt: T0 + 1_000,
    });
    world.run(setGrace(0n));
    expect(world.account).toMatchObject({ graceLimit: 0n, graceLimitSet: 0n, lowBalanceThreshold: 7n });
  });
});

describe("the account counts its sessions", () => {
  test("as they open and end", () => {
    const world = new World();
    world.run(give(credits(100_000n)));
    world.now += 500;
    for (const id of ["a", "b", "c"]) world.run(authorize(id));
    expect(world.account).toMatchObject({ activeSessions: 3, held: 2_190n, updatedAt: T0 + 500 });
    world.now += 500;
    world.run(cancel("a"));
    expect(world.account).toMatchObject({ activeSessions: 2, cancelledSessions: 1n, held: 1_460n });
    expect(world.sessions.get("a")).toMatchObject({ status: "cancelled", endedAt: T0 + 1_000, held: 0n });
    expect(world.account.updatedAt).toBe(T0 + 1_000);
    world.run(settle(1, "b"));
    expect(world.account).toMatchObject({ activeSessions: 1, settledSessions: 1n, held: 730n });
  });
});

test("a session opens with what it was opened for", () => {
  const actor = { type: "api_key", id: "key_1", name: "runtime" } as const;
  const world = new World();
  world.run(give(credits(100_000n)));
  const opening: Command = {
    kind: "authorize",
    sessionId: "s",
    subject: { ...TEXT, agentName: "Ada", userId: "u", metadata: { a: 1 }, llmModel: "any" },
    fingerprint: "f",
    origin: { actor, sealedIp: null },
  };
  expect(world.run(opening)).toHaveProperty("session", {
    ...opening.subject,
    organizationId: "org_test",
    id: "s",
    fingerprint: "f",
    priceVersion: 1,
    overrideVersion: null,
    status: "active",
    startedAt: T0,
    lastReportAt: T0,
    endedAt: null,
    reportSeq: -1n,
    usage: { durationMs: 0n, messages: 0n, units: 0n },
    grant: { limit: 20n, size: 20n, final: false },
    cost: 0n,
    charged: 0n,
    uncollected: 0n,
    held: 200n,
    flags: [],
    transactionSeq: null,
    startedBy: actor,
  });
});

test("a session whose model has no rate of its own says that it takes the default", () => {
  const world = new World();
  world.run(give(credits(100_000n)));
  const subject = { ...PIPELINE, llmModel: "brand-new" };
  expect(world.run(authorize("s", subject))).toMatchObject({ session: { flags: ["default_rate"] } });
});
