import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { charge, give, World } from "../charging/world.fixture.ts";
import { type Account, type AlertState, newAccount } from "../ledger/account.ts";
import { credits } from "../money/credits.ts";
import { type Alert, alertStateOf, alertsOf } from "./alert.ts";

const policy = { graceLimit: credits(50_000n), lowBalanceThreshold: credits(50_000n) };
const opened = newAccount("org", policy, 0);
const withBalance = (balance: bigint, more: Partial<Account> = {}): Account => ({
  ...opened,
  balance: credits(balance),
  ...more,
});

test.each<[balance: bigint, grace: bigint, state: AlertState]>([
  [50_000n, 50_000n, "ok"],
  [49_999n, 50_000n, "low"],
  [1n, 50_000n, "low"],
  [0n, 50_000n, "depleted"],
  [-39_999n, 50_000n, "depleted"],
  [-40_000n, 50_000n, "critical"],
  [-60_000n, 50_000n, "critical"],
  [0n, 0n, "depleted"],
  [-1n, 0n, "critical"],
])("a balance of %d with a grace of %d calls for %s", (balance, grace, state) => {
  expect(alertStateOf(withBalance(balance, { graceLimit: credits(grace) }))).toBe(state);
});

describe("what a change tells", () => {
  test.each<[what: string, told: AlertState, from: bigint, to: bigint, alerts: Alert[], state: AlertState]>([
    ["falling below the threshold", "ok", 60_000n, 40_000n, ["low"], "low"],
    ["falling on", "low", 40_000n, 30_000n, [], "low"],
    ["using everything up", "low", 10_000n, 0n, ["depleted"], "depleted"],
    ["coming near the end of grace", "depleted", 0n, -45_000n, ["critical"], "critical"],
    ["falling through all at once", "ok", 60_000n, -45_000n, ["low", "depleted", "critical"], "critical"],
    ["a little credit, not enough", "depleted", -10_000n, 20_000n, [], "depleted"],
    ["being used up again before it recovered", "depleted", 20_000n, -10_000n, [], "depleted"],
    ["credit up to the threshold", "depleted", -10_000n, 50_000n, ["recovered"], "ok"],
    ["credit while all is well", "ok", 60_000n, 70_000n, [], "ok"],
    ["the first credit, a small one", "ok", 0n, 20_000n, [], "ok"],
    ["the first use of a small first credit", "ok", 20_000n, 19_000n, ["low"], "low"],
    ["nothing", "ok", 20_000n, 20_000n, [], "ok"],
  ])("%s", (_what, told, from, to, alerts, state) => {
    const before = withBalance(from, { alertState: told });
    expect(alertsOf(before, { ...before, balance: credits(to) })).toEqual({ state, alerts });
  });

  test("a threshold raised above the balance warns, and one lowered below it recovers", () => {
    const before = withBalance(60_000n);
    const raised = { ...before, lowBalanceThreshold: credits(100_000n) };
    expect(alertsOf(before, raised)).toEqual({ state: "low", alerts: ["low"] });
    const warned: Account = { ...raised, alertState: "low" };
    expect(alertsOf(warned, { ...warned, lowBalanceThreshold: credits(50_000n) })).toEqual({
      state: "ok",
      alerts: ["recovered"],
    });
  });

  test("a threshold of 0 turns the warning off, and leaves the others", () => {
    const before = withBalance(60_000n, { lowBalanceThreshold: credits(0n) });
    expect(alertsOf(before, { ...before, balance: credits(1n) }).alerts).toEqual([]);
    expect(alertsOf(before, { ...before, balance: credits(0n) }).alerts).toEqual(["depleted"]);
  });
});

test("over random charges and top-ups around the boundaries, each crossing is told of once until it recovers", () => {
  // Seconds of a pipeline call and hundredths of a credit: small steps that dwell around every boundary.
  const step = fc.oneof(
    fc.integer({ min: 1, max: 1_500 }).map((seconds) => ({ seconds })),
    fc.integer({ min: 1, max: 800 }).map((hundredths) => ({ hundredths })),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), (steps) => {
      const world = new World();
      world.run(give(credits(60_000n), "opening"));
      const told: Alert[] = [];
      const crossed: Alert[] = [];
      const armed = new Set<Alert>(["low", "depleted", "critical"]);
      for (const [index, one] of steps.entries()) {
        const before = world.account.balance;
        const decision = world.run(
          "seconds" in one
            ? charge(one.seconds, `e${index}`)
            : give(credits(BigInt(one.hundredths) * 100n), `c${index}`),
        );
        if (decision.kind === "accepted") told.push(...decision.news.flatMap(({ alerts }) => alerts));
        crossed.push(...crossings(before, world.account.balance, armed));
      }
      expect(told).toEqual(crossed);
    }),
    { numRuns: 300 },
  );
});

/** An independent account of it: each boundary has a flag of its own. */
function crossings(before: bigint, after: bigint, armed: Set<Alert>): Alert[] {
  if (before < 50_000n && after >= 50_000n && armed.size < 3) {
    for (const alert of ["low", "depleted", "critical"] as const) armed.add(alert);
    return ["recovered"];
  }
  const reached: [Alert, boolean][] = [
    ["low", after < 50_000n],
    ["depleted", after <= 0n],
    ["critical", after <= -40_000n],
  ];
  return reached.filter(([alert, isReached]) => isReached && armed.delete(alert)).map(([alert]) => alert);
}
