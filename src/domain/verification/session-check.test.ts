import { describe, expect, test } from "vitest";
import { pinnedRates } from "../charging/report.ts";
import type { Session } from "../charging/session.ts";
import {
  authorize,
  cancel,
  expire,
  give,
  PRICES,
  report,
  setGrace,
  settle,
  World,
} from "../charging/world.fixture.ts";
import { credits, ZERO } from "../money/credits.ts";
import { type PostedUsage, type RatedSession, sessionProblems } from "./session-check.ts";

/** A session of each status, with what its ledger has of it. */
const lives: Readonly<Record<string, (world: World) => void>> = {
  active: () => {},
  reported: (world) => void world.run(report(1, 30)),
  renewed: (world) => void world.run(report(1, 50)),
  overrun: (world) => {
    world.run(setGrace(0n));
    world.run(report(1, 9_000));
  },
  settled: (world) => void world.run(settle(210)),
  uncollected: (world) => void world.run(settle(90_000)),
  cancelled: (world) => {
    world.run(report(1, 30));
    world.run(cancel());
  },
  corrected: (world) => {
    world.run(report(1, 30));
    world.now += 720_000;
    world.run(expire());
    world.run(settle(90));
  },
};

function live(name: string): { session: Session; posted: PostedUsage } {
  const world = new World();
  world.run(give(credits(50_000n)));
  world.run(authorize());
  lives[name]?.(world);
  const session = world.sessions.get("s");
  if (session === undefined) throw new Error("it was opened");
  const own = world.transactions.filter(({ sessionId }) => sessionId === "s");
  const amount = credits(own.reduce((sum, row) => sum + row.amount, 0n));
  return { session, posted: { amount, lastSeq: own.at(-1)?.seq ?? null } };
}

function problemsOf(name: string, changes: Partial<RatedSession> = {}, ledger: Partial<PostedUsage> = {}) {
  const { session, posted } = live(name);
  const rates = pinnedRates(PRICES, session);
  return sessionProblems({ ...session, ...changes }, rates, { ...posted, ...ledger });
}

test.each(Object.keys(lives))("a session as it was written has no problem: %s", (name) => {
  expect(problemsOf(name)).toEqual([]);
});

describe("a session that contradicts itself or the ledger", () => {
  test.each<[what: string, life: string, changes: Partial<RatedSession>, problems: string[]]>([
    ["by its cost", "active", { cost: credits(1n) }, ["cost 1 is not what its usage costs, 0"]],
    [
      "by a hold below its grant",
      "active",
      { held: credits(729n) },
      ["held 729 is not what its grant needs, 730"],
    ],
    [
      "by a hold above its grant",
      "active",
      { held: credits(731n) },
      ["held 731 is not what its grant needs, 730"],
    ],
    [
      "by a hold above its usage",
      "overrun",
      { held: credits(109_501n) },
      ["held 109501 is not what its grant needs, 50000"],
    ],
    ["by a hold after its end", "settled", { held: credits(1n) }, ["holds credits though it has ended"]],
    [
      "by a hold after its cancelling",
      "cancelled",
      { held: credits(1n) },
      ["holds credits though it has ended"],
    ],
    [
      "by what it does not say was uncollected",
      "uncollected",
      { uncollected: ZERO },
      ["cost is not charged + uncollected"],
    ],
    [
      "by a charge while it runs",
      "active",
      { uncollected: credits(1n) },
      ["is active, and yet something was charged"],
    ],
  ])("%s", (_what, life, changes, problems) => {
    expect(problemsOf(life, changes)).toEqual(problems);
  });

  test("by a charge of what was cancelled", () => {
    expect(problemsOf("cancelled", { charged: credits(365n) }, { amount: credits(-365n) })).toEqual([
      "is cancelled, and yet something was charged",
    ]);
  });

  test("by what the ledger has of it", () => {
    expect(problemsOf("settled", {}, { amount: credits(-2_554n) })).toEqual([
      "charged 2555 is not what its transactions took, 2554",
    ]);
    expect(problemsOf("settled", {}, { lastSeq: 3n })).toEqual([
      "transaction_seq 2 is not its last transaction, 3",
    ]);
    expect(problemsOf("settled", {}, { lastSeq: null })).toEqual([
      "transaction_seq 2 is not its last transaction, null",
    ]);
  });

  test("is not compared with a ledger that is broken there", () => {
    const { session } = live("settled");
    expect(sessionProblems(session, pinnedRates(PRICES, session), null)).toEqual([]);
  });

  test("can't be rated without the prices it was opened with", () => {
    const { session, posted } = live("settled");
    expect(sessionProblems(session, null, posted)).toEqual([
      "can't be rated with the prices it was opened with",
    ]);
  });
});

test("a hold may cover usage beyond the grant, as far as it was used", () => {
  const { session } = live("overrun");
  expect(session).toMatchObject({ cost: 109_500n, held: 50_000n });
  expect(problemsOf("overrun", { held: credits(109_500n) })).toEqual([]);
});
