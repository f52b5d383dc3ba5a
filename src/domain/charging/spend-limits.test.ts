import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import type { SpendLimit, SpendRule } from "../policy/spend-limit.ts";
import type { Accepted, Command, Decision } from "./command.ts";
import { spendChangeOf } from "./spending.ts";
import {
  authorize,
  cancel,
  charge,
  give,
  ORIGIN,
  PIPELINE,
  report,
  setLimits,
  settle,
  T0,
  World,
} from "./world.fixture.ts";

/** 2027-01-15, 08:00 UTC, is T0. */
const TOMORROW = Date.UTC(2027, 0, 16);
const FEBRUARY = Date.UTC(2027, 1, 1);
/** What a minute of pipeline costs. */
const MINUTE = 730n;

const agentDay = (limit: bigint): SpendRule => ({
  scope: "agent",
  subject: PIPELINE.agentId,
  period: "day",
  limit: credits(limit),
});
const everyone = (limit: bigint): SpendRule => ({
  scope: "organization",
  subject: null,
  period: "month",
  limit: credits(limit),
});
const keyDay = (subject: string): SpendRule => ({ ...agentDay(90_000n), scope: "api_key", subject });
const by = (id: string, type: "api_key" | "user" = "api_key") => ({
  actor: { type, id, name: id },
  sealedIp: null,
});

function limited(...rules: readonly SpendRule[]): World {
  const world = new World();
  world.run(give(credits(200_000n), "start"));
  world.run(setLimits(...rules));
  return world;
}

function accepted(decision: Decision): Accepted {
  if (decision.kind === "refused") throw new Error(decision.refusal.kind);
  return decision;
}

function onlyLimit({ spendLimits }: World): SpendLimit {
  const [limit] = spendLimits;
  if (limit === undefined || spendLimits.length > 1) throw new Error("not one limit");
  return limit;
}

describe("a charge", () => {
  test("that comes to a limit is counted, and told of", () => {
    const world = limited(agentDay(MINUTE));
    const { spendAlerts, news } = accepted(world.run(charge(60)));
    expect(onlyLimit(world)).toMatchObject({ spent: MINUTE, held: 0n, told: "reached" });
    expect(spendAlerts).toEqual([onlyLimit(world)]);
    expect(news.at(-1)?.spendAlerts).toEqual(spendAlerts);
  });

  test("that goes beyond one is refused, naming it and when it begins anew", () => {
    const world = limited(agentDay(MINUTE - 1n));
    expect(world.run(charge(60))).toEqual({
      kind: "refused",
      refusal: {
        kind: "spend_limit_reached",
        scope: "agent",
        subject: PIPELINE.agentId,
        period: "day",
        limit: MINUTE - 1n,
        spent: 0n,
        held: 0n,
        resetsAt: TOMORROW,
      },
    });
    expect(onlyLimit(world)).toMatchObject({ spent: 0n, told: "ok" });
  });

  test("is refused by the limit that leaves least", () => {
    const world = limited(agentDay(700n), everyone(600n));
    expect(world.run(charge(60))).toMatchObject({
      refusal: { scope: "organization", subject: null, period: "month", limit: 600n, resetsAt: FEBRUARY },
    });
  });

  test("is possible again in the next period", () => {
    const world = limited(agentDay(MINUTE));
    world.run(charge(60, "today"));
    world.now = TOMORROW - 1;
    expect(world.run(charge(1, "late")).kind).toBe("refused");
    world.now = TOMORROW;
    world.run(charge(60, "tomorrow"));
    expect(onlyLimit(world)).toMatchObject({ spent: MINUTE, periodStart: TOMORROW });
  });

  test.each<[who: string, key: string, charged: Command, spent: bigint]>([
    ["its API key", "k1", charge(60, "e", "f", { origin: by("k1") }), MINUTE],
    ["no other key", "k2", charge(60, "e", "f", { origin: by("k1") }), 0n],
    ["no key where a person charged", "k1", charge(60, "e", "f", { origin: by("k1", "user") }), 0n],
    ["no key where nobody is known", "k1", charge(60), 0n],
  ])("counts for %s", (_who, key, charged, spent) => {
    const world = limited(keyDay(key));
    const before = onlyLimit(world);
    accepted(world.run(charged));
    expect(onlyLimit(world).spent).toBe(spent);
    expect(onlyLimit(world) === before).toBe(spent === 0n);
  });

  test("that is given back stays counted: the usage took place", () => {
    const world = limited(agentDay(MINUTE));
    world.run(charge(60));
    const transactionId = world.transactions.at(-1)?.id ?? "";
    const refund = {
      kind: "refund_usage",
      transactionId,
      creditId: "back",
      amount: credits(MINUTE),
    } as const;
    accepted(world.run({ ...refund, description: null, reason: null, fingerprint: "f", origin: ORIGIN }));
    expect(onlyLimit(world).spent).toBe(MINUTE);
  });
});

test("added credit and other policies count against no limit", () => {
  const world = limited(agentDay(MINUTE));
  const before = world.spendLimits;
  accepted(world.run(give(credits(-5_000n), "adjustment")));
  accepted(world.run({ kind: "set_policy", policy: { graceLimit: credits(1n) } }));
  expect(world.spendLimits).toBe(before);
});

describe("a session", () => {
  test("holds, then spends what it cost", () => {
    const world = limited(agentDay(90_000n));
    world.run(authorize());
    expect(onlyLimit(world)).toMatchObject({ spent: 0n, held: world.account.held });
    world.run(report(1, 100));
    expect(onlyLimit(world)).toMatchObject({ spent: 0n, held: world.account.held });
    world.run(settle(120));
    expect(onlyLimit(world)).toMatchObject({ spent: 2n * MINUTE, held: 0n });
  });

  test("that is cancelled spends nothing", () => {
    const world = limited(agentDay(90_000n));
    world.run(authorize());
    world.run(cancel());
    expect(onlyLimit(world)).toMatchObject({ spent: 0n, held: 0n });
  });

  test("counts for the key that opened it, whichever ends it", () => {
    const world = limited(keyDay("k1"));
    const opening = { ...authorize(), origin: by("k1") };
    world.run(opening);
    world.run(settle(60, "s", { origin: by("k2") }));
    expect(onlyLimit(world)).toMatchObject({ spent: MINUTE, held: 0n });
  });

  test("is granted what a limit leaves, and charged no more", () => {
    const world = limited(agentDay(400n));
    const { session } = accepted(world.run(authorize()));
    expect(session).toMatchObject({ held: 400n, grant: { final: true } });
    world.run(settle(60));
    expect(onlyLimit(world)).toMatchObject({ spent: 400n, held: 0n });
    expect(world.sessions.get("s")?.uncollected).toBe(MINUTE - 400n);
  });

  test("that a limit leaves nothing is refused", () => {
    const world = limited(agentDay(MINUTE));
    world.run(charge(60));
    expect(world.run(authorize())).toMatchObject({
      refusal: { kind: "spend_limit_reached", spent: MINUTE },
    });
  });
});

describe("setting limits", () => {
  test("keeps the count of one that stays, and begins a new one with what was used before", () => {
    const world = limited(agentDay(90_000n));
    world.run(charge(60, "one"));
    world.now += 1_000;
    world.run(setLimits(agentDay(80_000n), everyone(70_000n)));
    expect(world.spendLimits).toMatchObject([
      { scope: "agent", limit: 80_000n, spent: MINUTE },
      { scope: "organization", limit: 70_000n, spent: MINUTE },
    ]);
    expect(world.account).toMatchObject({ hasSpendLimits: true, updatedAt: T0 + 1_000 });
  });

  test("to none ends them", () => {
    const world = limited(agentDay(1n));
    world.run(setLimits());
    expect(world.spendLimits).toEqual([]);
    expect(world.account.hasSpendLimits).toBe(false);
    expect(world.run(charge(60)).kind).toBe("accepted");
  });

  test("below what is used tells so, and leaves nothing", () => {
    const world = limited(agentDay(90_000n));
    world.run(charge(60, "one"));
    const { spendAlerts, news } = accepted(world.run(setLimits(agentDay(MINUTE - 1n))));
    expect(spendAlerts).toMatchObject([{ told: "reached", spent: MINUTE }]);
    expect(news.at(-1)?.spendAlerts).toEqual(spendAlerts);
    expect(world.run(charge(1, "two")).kind).toBe("refused");
  });

  test("while a call runs, below what it holds, lets it end within its hold", () => {
    const world = limited(agentDay(90_000n));
    world.run(authorize());
    const { held } = world.account;
    world.run(setLimits(agentDay(1n)));
    world.run(settle(600));
    expect(onlyLimit(world)).toMatchObject({ spent: held, held: 0n });
  });

  test.each<[what: string, rules: readonly SpendRule[], isNamed: boolean]>([
    ["raised", [agentDay(401n)], true],
    ["removed", [], true],
    ["replaced by another", [everyone(50_000n)], true],
    ["left as it is", [agentDay(400n)], false],
    ["lowered", [agentDay(399n)], false],
    ["joined by another", [agentDay(400n), everyone(50_000n)], false],
  ])("names a call on its final grant where the limit is %s", (_what, rules, isNamed) => {
    const world = limited(agentDay(400n));
    world.run(authorize());
    const { news } = accepted(world.run(setLimits(...rules)));
    const named = news.filter(({ type }) => type === "session_reauthorize");
    expect(named.map(({ sessionId }) => sessionId)).toEqual(isNamed ? ["s"] : []);
  });
});

describe("the promise is checked on every decision:", () => {
  /** A decision that was made without the limit. */
  function decidedWithout(limit: SpendRule, before: readonly Command[], command: Command) {
    const world = limited();
    for (const one of before) world.run(one);
    const spendLimits = limited(limit).spendLimits;
    const facts = { ...world.facts(command), spendLimits };
    const decision = { ...accepted(world.run(command)), spendLimits };
    return () => spendChangeOf(facts, command, decision, world.now);
  }

  test("nothing is charged beyond a limit", () => {
    expect(decidedWithout(agentDay(MINUTE), [], charge(60))().limits).toMatchObject([{ spent: MINUTE }]);
    expect(decidedWithout(agentDay(MINUTE - 1n), [], charge(60))).toThrow(
      "charge would exceed the day's limit of agent agent_abc123",
    );
    expect(decidedWithout(everyone(MINUTE - 1n), [], charge(60))).toThrow(
      "charge would exceed the month's limit of organization ",
    );
  });

  test("nothing is held beyond a limit", () => {
    expect(decidedWithout(agentDay(1n), [], authorize())).toThrow("authorize would exceed");
  });

  test("no more is released than was held", () => {
    expect(decidedWithout(agentDay(90_000n), [authorize()], cancel())).toThrow(
      "what counts as held is not negative",
    );
  });
});
