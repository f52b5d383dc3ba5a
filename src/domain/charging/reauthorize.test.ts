import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import type { Command, News } from "./command.ts";
import { authorize, charge, give, ORIGIN, report, setGrace, settle, World } from "./world.fixture.ts";

/** Sessions "a" and "b" run; the balance is spent and "a" has met the floor, so that its grant is final. */
function worldAtTheFloor(): World {
  const world = new World();
  world.run(give(credits(1_000n), "start"));
  world.run({ kind: "set_policy", policy: { graceLimit: credits(200n) } });
  world.run(authorize("b"));
  world.run(authorize("a"));
  world.run(report(1, 200, "a"));
  return world;
}

function newsOf(world: World, command: Command): readonly News[] {
  const decision = world.run(command);
  if (decision.kind === "refused") throw new Error(decision.refusal.kind);
  return decision.news;
}

const typesOf = (news: readonly News[]) => news.map(({ type, sessionId }) => [type, sessionId]);
const purchase = { storeId: "1", orderId: "7", credits: credits(500n), totalMinor: 600n };
const grant = {
  kind: "add_credit",
  creditId: "credit",
  creditKind: "manual_grant",
  amount: credits(1n),
  description: null,
  reason: null,
  fingerprint: "f",
  origin: ORIGIN,
} as const;
const buy: Command = {
  kind: "credit_purchase",
  purchase: { ...purchase, refundedCredits: credits(0n), transactionSeq: null },
  description: "",
  metadata: {},
  origin: ORIGIN,
  occurredAt: null,
};

describe("added credit", () => {
  test("names each session on a final grant, and no other", () => {
    const world = worldAtTheFloor();
    expect([...world.sessions.values()].map(({ id, grant }) => [id, grant.final])).toEqual([
      ["b", false],
      ["a", true],
    ]);
    const news = newsOf(world, give(credits(10_000n), "more"));
    expect(typesOf(news)).toEqual([
      ["credit_added", null],
      ["session_reauthorize", "a"],
    ]);
    expect(news.map(({ seq }) => seq)).toEqual([world.account.newsSeq - 1n, world.account.newsSeq]);
    expect(news[1]).toMatchObject({ transactionSeq: null, balance: 11_000n, held: world.account.held });
  });

  test.each<[what: string, command: (world: World) => Command]>([
    ["a purchase", () => buy],
    ["an adjustment upwards", () => ({ ...grant, creditKind: "adjustment" })],
    [
      "usage given back",
      (world) => {
        world.run(settle(60, "b"));
        world.run(report(2, 2_000, "a"));
        const usage = world.transactions.findLast(({ type }) => type === "consumption");
        return { ...grant, kind: "refund_usage", transactionId: usage?.id ?? "" };
      },
    ],
  ])("may be %s", (_what, command) => {
    const world = worldAtTheFloor();
    expect(typesOf(newsOf(world, command(world)))).toEqual([
      ["credit_added", null],
      ["session_reauthorize", "a"],
    ]);
  });

  test.each<[what: string, change: (world: World) => void]>([
    ["went on with a normal grant", (world) => void world.run(report(2, 201, "a"))],
    ["was settled", (world) => void world.run(settle(201, "a"))],
    ["was cancelled", (world) => void world.run({ kind: "cancel", sessionId: "a" })],
  ])("does not name a session that %s since", (_what, change) => {
    const world = worldAtTheFloor();
    world.run(give(credits(10_000n), "more"));
    change(world);
    expect(typesOf(newsOf(world, give(credits(10_000n), "again")))).toEqual([["credit_added", null]]);
  });

  test("that was added before names nothing again", () => {
    const world = worldAtTheFloor();
    world.run(give(credits(10n), "more"));
    expect(newsOf(world, give(credits(10n), "more"))).toEqual([]);
  });
});

describe("a raised grace limit", () => {
  test("names each session on a final grant, and its next report gets a normal one", () => {
    const world = worldAtTheFloor();
    const news = newsOf(world, setGrace(10_000n));
    expect(typesOf(news)).toEqual([
      ["balance_updated", null],
      ["session_reauthorize", "a"],
    ]);
    expect(news.map(({ seq }) => seq)).toEqual([world.account.newsSeq - 1n, world.account.newsSeq]);
    world.run(report(2, 201, "a"));
    expect(world.sessions.get("a")?.grant.final).toBe(false);
  });

  test.each([
    ["lowered", setGrace(100n)],
    ["set to what it was", setGrace(200n)],
    [
      "left alone by another change",
      { kind: "set_policy", policy: { lowBalanceThreshold: credits(1n) } } as const,
    ],
  ])("that is %s names none", (_what, command) => {
    expect(typesOf(newsOf(worldAtTheFloor(), command))).toEqual([["balance_updated", null]]);
  });
});

test.each<[what: string, command: Command]>([
  ["an adjustment downwards", give(credits(-1n), "less")],
  ["usage", charge(0.2, "event")],
  ["the end of another session", settle(60, "b")],
])("%s names no session on a final grant", (_what, command) => {
  const world = worldAtTheFloor();
  world.run(give(credits(50n), "some"));
  expect(newsOf(world, command).map(({ type }) => type)).not.toContain("session_reauthorize");
});

test("the session named gets a normal grant at its next report", () => {
  const world = worldAtTheFloor();
  world.run(give(credits(10_000n), "more"));
  world.run(report(2, 201, "a"));
  expect(world.sessions.get("a")?.grant).toMatchObject({ final: false, limit: 261_000n });
});
