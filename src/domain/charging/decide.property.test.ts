import fc from "fast-check";
import { expect, test } from "vitest";
import { GENESIS_HASH } from "../ledger/account.ts";
import { chainHash, transactionId } from "../ledger/transaction.ts";
import { credits } from "../money/credits.ts";
import { rateUsage } from "../pricing/rate-usage.ts";
import { accountProblems, NO_SESSIONS, withSession } from "../verification/account-check.ts";
import { createHistoryCheck } from "../verification/history-check.ts";
import { sessionProblems } from "../verification/session-check.ts";
import type { Command } from "./command.ts";
import { isRunning, type Session, type SessionStatus } from "./session.ts";
import {
  API,
  authorize,
  cancel,
  charge,
  expire,
  give,
  ORIGIN,
  PIPELINE,
  ratesOf,
  report,
  setGrace,
  settle,
  TEXT,
  World,
} from "./world.fixture.ts";

/** Any history of an organization, of a few sessions so that commands meet. */

const SUBJECTS = {
  call: PIPELINE,
  phone: { ...PIPELINE, sessionType: "telephony" },
  chat: TEXT,
  job: API,
  free: { ...TEXT, keyMode: "own_keys" },
} as const;

const ids = fc.constantFrom("call", "phone", "chat", "job", "free");
const amounts = fc.bigInt({ min: 1n, max: 20_000n }).map(credits);
const totals = fc.record({
  durationMs: fc.bigInt({ min: 0n, max: 900_000n }),
  messages: fc.bigInt({ min: 0n, max: 300n }),
  units: fc.bigInt({ min: 0n, max: 300n }),
});
const orders = fc.constantFrom({ storeId: "1", orderId: "1" }, { storeId: "1", orderId: "2" });

const usage: fc.Arbitrary<Command>[] = [
  ids.map((id) => authorize(id, SUBJECTS[id])),
  fc.tuple(fc.nat(50), totals, ids).map(([seq, told, id]) => report(seq, told, id)),
  fc.tuple(fc.option(totals), ids).map(([told, id]) => settle(told, id)),
  ids.map(cancel),
  ids.map(expire),
  fc.tuple(fc.nat(900), fc.nat(20)).map(([used, id]) => charge(used, `e${id}`, String(used))),
];

const credit: fc.Arbitrary<Command>[] = [
  fc.tuple(amounts, fc.nat(30)).map(([amount, id]) => give(amount, `c${id}`)),
  fc.nat(60_000).map((grace) => setGrace(BigInt(grace))),
  fc.tuple(fc.integer({ min: 1, max: 40 }), amounts, fc.nat(9)).map(([seq, amount, id]) => ({
    kind: "refund_usage",
    creditId: `r${id}`,
    transactionId: transactionId("org_test", BigInt(seq)),
    amount,
    description: null,
    reason: null,
    fingerprint: `${seq}/${amount}`,
    origin: ORIGIN,
  })),
  fc.tuple(orders, amounts, fc.nat(3_000)).map(([order, amount, totalMinor]) => ({
    kind: "credit_purchase",
    purchase: {
      ...order,
      credits: amount,
      totalMinor: BigInt(totalMinor),
      refundedCredits: credits(0n),
      transactionSeq: null,
    },
    description: "",
    metadata: {},
    origin: ORIGIN,
    occurredAt: null,
  })),
];

/** What alone may take a balance below the floor. */
const crossing: fc.Arbitrary<Command>[] = [
  fc.tuple(amounts, fc.nat(9)).map(([amount, id]) => give(credits(-amount), `a${id}`)),
  fc.tuple(orders, fc.nat(3_000)).map(([order, refunded]) => ({
    kind: "refund_purchase",
    ...order,
    refundedMinor: BigInt(refunded),
    origin: ORIGIN,
  })),
];

const historyOf = (...commands: fc.Arbitrary<Command>[]) =>
  fc.array(fc.tuple(fc.oneof(...commands), fc.nat(90_000)), { maxLength: 60, size: "+1" });

function live(
  world: World,
  history: readonly (readonly [Command, number])[],
  each?: (command: Command) => void,
) {
  for (const [command, pauseMs] of history) {
    world.now += pauseMs;
    if (each === undefined) world.run(command);
    else each(command);
  }
}

test("whatever happens, usage never takes balance - held below the floor", () => {
  fc.assert(
    fc.property(historyOf(...usage, ...credit), (history) => {
      const world = new World();
      live(world, history, (command) => {
        world.run(command);
        const { balance, held, graceLimit } = world.account;
        expect(balance - held >= -graceLimit).toBe(true);
      });
    }),
    { numRuns: 100 },
  );
});

test("where a refund or an adjustment has crossed the floor, nothing else takes it further down", () => {
  fc.assert(
    fc.property(historyOf(...usage, ...credit, ...crossing), (history) => {
      const world = new World();
      live(world, history, (command) => {
        const before = world.account.balance - world.account.held;
        world.run(command);
        if (command.kind === "add_credit" || command.kind === "refund_purchase") return;
        const { balance, held, graceLimit } = world.account;
        expect(balance - held >= -graceLimit || balance - held >= before).toBe(true);
      });
    }),
    { numRuns: 100 },
  );
});

const NEXT: Readonly<Record<SessionStatus, readonly SessionStatus[]>> = {
  active: ["active", "stale", "settled", "cancelled"],
  stale: ["active", "stale", "settled", "cancelled"],
  settled: ["settled"],
  cancelled: ["cancelled"],
};

function expectForward(before: Session, after: Session): void {
  expect(NEXT[before.status]).toContain(after.status);
  for (const measure of ["durationMs", "messages", "units"] as const)
    expect(after.usage[measure] >= before.usage[measure]).toBe(true);
  expect(after.cost >= before.cost && after.charged >= before.charged).toBe(true);
  expect(after.grant.limit >= before.grant.limit && after.reportSeq >= before.reportSeq).toBe(true);
  expect(after.flags.slice(0, before.flags.length)).toEqual(before.flags);
}

test("sessions only go forward, a refusal or a repetition changes nothing, and news are numbered without gap", () => {
  fc.assert(
    fc.property(historyOf(...usage, ...credit, ...crossing), (history) => {
      const world = new World();
      live(world, history, (command) => {
        const { account } = world;
        const sessions = new Map(world.sessions);
        const decision = world.run(command);
        if (decision.kind === "refused" || decision.repeated) {
          expect(world.account).toBe(account);
          expect(world.sessions).toEqual(sessions);
          return;
        }
        const from = account.newsSeq;
        expect(decision.news.map(({ seq }) => seq - from)).toEqual(
          decision.news.map((_, at) => BigInt(at + 1)),
        );
        expect(world.account.newsSeq - from).toBe(BigInt(decision.news.length));
        for (const [id, before] of sessions) expectForward(before, world.sessions.get(id) ?? before);
      });
    }),
    { numRuns: 100 },
  );
});

test("a running session that is not on its final grant has something left to use", () => {
  fc.assert(
    fc.property(historyOf(...usage, ...credit, ...crossing), (history) => {
      const world = new World();
      live(world, history);
      for (const session of world.sessions.values()) {
        if (!isRunning(session) || session.grant.final) continue;
        const { measure } = ratesOf(session);
        expect(session.grant.limit > session.usage[measure]).toBe(true);
        expect(session.held >= session.cost).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test("the books add up: holds to held, lines to costs, charges to the ledger, and verify finds nothing", () => {
  fc.assert(
    fc.property(historyOf(...usage, ...credit, ...crossing), (history) => {
      const world = new World();
      live(world, history);
      const problems: string[] = [];
      const check = createHistoryCheck("org_test", ({ key, problem }) => problems.push(`${key} ${problem}`));
      for (const transaction of world.transactions) check.next(transaction);
      check.finish(world.account);
      const sessions = [...world.sessions.values()];
      problems.push(...accountProblems(world.account, sessions.reduce(withSession, NO_SESSIONS), 0n));
      for (const session of sessions) {
        const rates = ratesOf(session);
        const { total, lines } = rateUsage(session.usage, rates);
        expect(session.cost).toBe(total);
        expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(total);
        if (session.status === "settled") expect(session.charged + session.uncollected).toBe(session.cost);
        const own = world.transactions.filter(({ sessionId }) => sessionId === session.id);
        const amount = credits(own.reduce((sum, row) => sum + row.amount, 0n));
        problems.push(...sessionProblems(session, rates, { amount, lastSeq: own.at(-1)?.seq ?? null }));
      }
      expect(problems).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test("the ledger is a chain whose amounts sum to the balance, and replaying a history gives the same one", () => {
  fc.assert(
    fc.property(historyOf(...usage, ...credit, ...crossing), (history) => {
      const [first, second] = [new World(), new World()];
      for (const world of [first, second]) live(world, history);
      expect(second.account).toEqual(first.account);
      let head = GENESIS_HASH;
      let balance = 0n;
      for (const { hash, ...transaction } of first.transactions) {
        expect(transaction.balanceBefore).toBe(balance);
        balance += transaction.amount;
        head = chainHash(head, transaction);
        expect(hash).toBe(head);
      }
      expect(first.account).toMatchObject({ balance, headHash: head });
    }),
    { numRuns: 100 },
  );
});
