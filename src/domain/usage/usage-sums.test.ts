import { describe, expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import {
  addSum,
  burnOf,
  HOUR_MS,
  sumsOf,
  type UsageFact,
  type UsageSum,
  type UsageSums,
} from "./usage-sums.ts";

const HOUR = 500_000 * HOUR_MS;

const call: UsageFact = {
  hour: HOUR,
  amount: credits(730n),
  usage: { durationMs: 60_000n, messages: 0n, units: 0n },
  members: {
    agent: { id: "agent_1", name: "Front desk" },
    architecture: { id: "pipeline", name: null },
    api_key: { id: "key_1", name: "Runtime" },
    user: { id: "", name: null },
  },
  components: [
    ["base", credits(500n)],
    ["llm", credits(230n)],
  ],
};

const summed = (...facts: readonly UsageFact[]): UsageSums => {
  const sums: UsageSums = new Map();
  for (const fact of facts) for (const sum of sumsOf(fact)) addSum(sums, sum);
  return sums;
};

const of = (sums: UsageSums, dimension: UsageSum["dimension"]) =>
  [...sums.values()].filter((sum) => sum.dimension === dimension);

describe("a transaction", () => {
  test("adds to one sum in each dimension, and to several components", () => {
    const whole = { from: HOUR, amount: 730n, usage: call.usage, sessions: 1n };
    const part = { from: HOUR, usage: { durationMs: 0n, messages: 0n, units: 0n }, sessions: 0n };
    expect([...sumsOf(call)]).toEqual([
      { ...whole, dimension: "agent", member: call.members.agent },
      { ...whole, dimension: "architecture", member: call.members.architecture },
      { ...part, dimension: "component", member: { id: "base", name: null }, amount: 500n },
      { ...part, dimension: "component", member: { id: "llm", name: null }, amount: 230n },
      { ...whole, dimension: "api_key", member: call.members.api_key },
      { ...whole, dimension: "user", member: call.members.user },
    ]);
  });
});

describe("sums", () => {
  test("of one member and hour are one", () => {
    const usage = { durationMs: 1_500n, messages: 3n, units: 5n };
    const sums = summed(call, { ...call, amount: credits(70n), usage });
    expect(of(sums, "architecture")).toEqual([
      {
        dimension: "architecture",
        from: HOUR,
        member: { id: "pipeline", name: null },
        amount: 800n,
        usage: { durationMs: 61_500n, messages: 3n, units: 5n },
        sessions: 2n,
      },
    ]);
    expect(
      of(sums, "component").map(({ amount, usage: none, sessions }) => [amount, none, sessions]),
    ).toEqual([
      [1_000n, { durationMs: 0n, messages: 0n, units: 0n }, 0n],
      [460n, { durationMs: 0n, messages: 0n, units: 0n }, 0n],
    ]);
  });

  test("of other members and other hours are others", () => {
    const agent = { id: "agent_2", name: null };
    const sums = summed(
      call,
      { ...call, hour: HOUR + HOUR_MS },
      { ...call, members: { ...call.members, agent } },
    );
    expect(of(sums, "agent").map(({ from, member, sessions }) => [from, member.id, sessions])).toEqual([
      [HOUR, "agent_1", 1n],
      [HOUR + HOUR_MS, "agent_1", 1n],
      [HOUR, "agent_2", 1n],
    ]);
    expect(of(sums, "architecture").map(({ sessions }) => sessions)).toEqual([2n, 1n]);
  });

  test("have the last name that was told, and keep it where none is", () => {
    const named = (name: string | null): UsageFact => ({
      ...call,
      members: { ...call.members, agent: { id: "agent_1", name } },
    });
    const nameOf = (...names: readonly (string | null)[]) =>
      of(summed(...names.map(named)), "agent")[0]?.member.name;
    expect(nameOf("Front desk", "Reception")).toBe("Reception");
    expect(nameOf("Front desk", null)).toBe("Front desk");
    expect(nameOf(null, "Reception")).toBe("Reception");
  });

  test("leave what they were made of alone", () => {
    const [first] = sumsOf(call);
    if (first === undefined) throw new Error("no sum");
    const sums: UsageSums = new Map();
    addSum(sums, first);
    addSum(sums, first);
    expect(first.amount).toBe(730n);
    expect(of(sums, "agent")[0]?.amount).toBe(1_460n);
  });
});

describe("the burn rate", () => {
  const used = (hoursAgo: number, amount: bigint): UsageSum => ({
    dimension: "architecture",
    from: HOUR - hoursAgo * HOUR_MS,
    member: { id: "pipeline", name: null },
    amount: credits(amount),
    usage: call.usage,
    sessions: 1n,
  });

  test("is what was used since the first usage, over the hours since then", () => {
    expect(burnOf([used(4, 600n), used(10, 300n), used(1, 100n)], credits(5_000n), HOUR)).toEqual({
      amount: 1_000n,
      hours: 10,
      perHour: 100,
      runwayHours: 50,
    });
  });

  test("of the first hour takes the hour as a whole", () => {
    const burn = burnOf([used(0, 600n)], credits(300n), HOUR + HOUR_MS / 2);
    expect(burn).toMatchObject({ hours: 1, perHour: 600, runwayHours: 0.5 });
  });

  test("without usage is none, and has no end", () => {
    expect(burnOf([], credits(300n), HOUR)).toEqual({ amount: 0n, hours: 1, perHour: 0, runwayHours: null });
  });

  test("leaves no time where nothing is available", () => {
    expect(burnOf([used(2, 600n)], credits(-10n), HOUR).runwayHours).toBe(0);
    expect(burnOf([used(2, 600n)], credits(0n), HOUR).runwayHours).toBe(0);
  });
});
