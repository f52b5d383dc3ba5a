import fc from "fast-check";
import { expect, test } from "vitest";
import { chainHash } from "../ledger/transaction.ts";
import { credits } from "../money/credits.ts";
import type { Command } from "./command.ts";
import { isRunning } from "./session.ts";
import { authorize, charge, give, report, settle, World } from "./world.fixture.ts";

const ids = fc.constantFrom("a", "b", "c", "d");
const seconds = fc.integer({ min: 0, max: 900 });

const commands: fc.Arbitrary<Command> = fc.oneof(
  ids.map((id) => authorize(id)),
  fc.tuple(fc.nat(50), seconds, ids).map(([seq, used, id]) => report(seq, used, id)),
  fc.tuple(seconds, ids).map(([used, id]) => settle(used, id)),
  ids.map((sessionId): Command => ({ kind: "cancel", sessionId })),
  ids.map((sessionId): Command => ({ kind: "expire", sessionId })),
  fc.tuple(seconds, fc.nat(20)).map(([used, id]) => charge(used, `e${id}`, String(used))),
  fc
    .tuple(fc.integer({ min: 1, max: 20_000 }), fc.nat(30))
    .map(([amount, id]) => give(credits(BigInt(amount)), `c${id}`)),
  fc
    .nat(60_000)
    .map((grace): Command => ({ kind: "set_policy", policy: { graceLimit: credits(BigInt(grace)) } })),
);

const histories = fc.array(fc.tuple(commands, fc.nat(90_000)), { maxLength: 60 });

test("whatever happens, usage never takes balance - held below the floor, and the account sums up its parts", () => {
  fc.assert(
    fc.property(histories, (history) => {
      const world = new World();
      for (const [command, pauseMs] of history) {
        world.now += pauseMs;
        const before = { ...world.account };
        const decision = world.run(command);
        const { balance, held, graceLimit, activeSessions, seq, typeSeq } = world.account;
        expect(balance - held >= -graceLimit).toBe(true);
        const running = [...world.sessions.values()].filter(isRunning);
        expect(held).toBe(running.reduce((total, session) => total + session.held, 0n));
        expect(activeSessions).toBe(running.length);
        for (const [status, counted] of [
          ["settled", world.account.settledSessions],
          ["cancelled", world.account.cancelledSessions],
        ] as const)
          expect(Number(counted)).toBe(
            [...world.sessions.values()].filter((s) => s.status === status).length,
          );
        expect(seq).toBe(BigInt(world.transactions.length));
        expect(Object.values(typeSeq).reduce((total, part) => total + part, 0n)).toBe(seq);
        if (decision.kind === "refused") expect(world.account).toEqual(before);
      }
    }),
    { numRuns: 300 },
  );
});

test("the ledger is a chain whose amounts sum to the balance, and replaying a history gives the same one", () => {
  fc.assert(
    fc.property(histories, (history) => {
      const [first, second] = [new World(), new World()];
      for (const world of [first, second]) {
        for (const [command, pauseMs] of history) {
          world.now += pauseMs;
          world.run(command);
        }
      }
      expect(second.account).toEqual(first.account);
      let head = "0".repeat(64);
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
