import { describe, expect, test } from "vitest";
import { authorize, cancel, expire, give, report, settle, World } from "../charging/world.fixture.ts";
import type { Account } from "../ledger/account.ts";
import { credits } from "../money/credits.ts";
import { accountProblems, NO_SESSIONS, type SessionTotals, withSession } from "./account-check.ts";

/** An account with a session of each status; of the running ones, one is stale. */
function books(): { account: Account; sessions: SessionTotals } {
  const world = new World();
  world.run(give(credits(100_000n)));
  for (const id of ["a", "b", "c", "d", "e"]) world.run(authorize(id));
  world.run(settle(60, "a"));
  world.run(settle(null, "b"));
  world.run(cancel("c"));
  world.now += 120_000;
  world.run(expire("d"));
  world.run(report(1, 50, "e"));
  return { account: world.account, sessions: [...world.sessions.values()].reduce(withSession, NO_SESSIONS) };
}

test("sessions add up by how they stand; only those that run hold", () => {
  expect(books().sessions).toEqual({
    held: 730n + 1_339n,
    activeSessions: 2,
    settledSessions: 2n,
    cancelledSessions: 1n,
  });
});

test("an account as it was written has no problem", () => {
  const { account, sessions } = books();
  expect(accountProblems(account, sessions, account.newsSeq)).toEqual([]);
  expect(accountProblems(account, sessions, account.newsSeq - 1n)).toEqual([]);
});

describe("an account that contradicts", () => {
  test.each<[what: string, changes: Partial<Account>, problems: string[]]>([
    ["the holds", { held: credits(1n) }, ["held 1 is not what its running sessions hold, 2069"]],
    ["the sessions that run", { activeSessions: 3 }, ["active_sessions 3 is not the number that run, 2"]],
    [
      "the sessions that ended",
      { settledSessions: 0n, cancelledSessions: 0n },
      [
        "settled_sessions 0 is not the number that are settled, 2",
        "cancelled_sessions 0 is not the number that are cancelled, 1",
      ],
    ],
    [
      "its own grace",
      { graceLimit: credits(60_000n) },
      ["grace_limit 60000 is not the grace in force, 50000"],
    ],
    [
      "an alert that was never told",
      { lowBalanceThreshold: credits(200_000n) },
      ["alert_state ok is not what its balance calls for, low"],
    ],
    [
      "an alert that is over",
      { alertState: "low" },
      ["alert_state low is not what its balance calls for, ok"],
    ],
  ])("%s", (_what, changes, problems) => {
    const { account, sessions } = books();
    expect(accountProblems({ ...account, ...changes }, sessions, account.newsSeq)).toEqual(problems);
  });

  test("its outbox", () => {
    const { account, sessions } = books();
    expect(accountProblems(account, sessions, account.newsSeq + 1n)).toEqual([
      `news_seq ${account.newsSeq} is behind its outbox, ${account.newsSeq + 1n}`,
    ]);
  });

  test("sessions that are themselves broken is not blamed for them", () => {
    const { account } = books();
    expect(accountProblems({ ...account, held: credits(1n) }, null, account.newsSeq)).toEqual([]);
  });
});

describe("an alert", () => {
  test("is not missed before the first usage, however little was given", () => {
    const world = new World();
    world.run(give(credits(1n)));
    expect(accountProblems(world.account, NO_SESSIONS, world.account.newsSeq)).toEqual([]);
  });

  test("that stays on until the balance has recovered is no problem", () => {
    const { account, sessions } = books();
    const low = { ...account, lowBalanceThreshold: credits(200_000n), alertState: "depleted" } as const;
    expect(accountProblems(low, sessions, account.newsSeq)).toEqual([]);
  });
});
