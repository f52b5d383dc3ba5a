import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Command } from "../../src/domain/charging/command.ts";
import {
  authorize,
  charge,
  give,
  PIPELINE,
  report,
  setLimits,
  settle,
} from "../../src/domain/charging/world.fixture.ts";
import type { Account } from "../../src/domain/ledger/account.ts";
import { credits } from "../../src/domain/money/credits.ts";
import { SPEND_PERIODS } from "../../src/domain/policy/spend-limit.ts";
import { findAccount } from "../../src/storage/accounts.ts";
import type { PostingEngine } from "../../src/storage/posting/engine.ts";
import { findSpendLimits } from "../../src/storage/spending.ts";
import { amount, decideWith, openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { createRandom, type Random } from "./random.ts";
import { expectReplayed, type Told } from "./replay.ts";

/** Two engines on one database, as two processes would have. */
let ledger: TestLedger;
let engines: readonly [PostingEngine, PostingEngine];

beforeAll(async () => {
  ledger = await openTestLedger();
  engines = [ledger.engine, await ledger.newEngine()];
});
afterAll(async () => {
  await engines[1].stop();
  await ledger.close();
});

async function accountOf(organizationId: string): Promise<Account> {
  const account = await findAccount(ledger.databases.of(organizationId));
  if (account === null) throw new Error(`no account ${organizationId}`);
  return account;
}

async function tell(engine: PostingEngine, organizationId: string, command: Command): Promise<Told> {
  const outcome = await engine.submit({ organizationId, command });
  if (outcome.kind !== "decided") throw new Error(outcome.kind);
  return { command, decision: outcome.decision, context: outcome.context };
}

const spenderOf = (number: number) => ({
  agentId: `agent-${number % 3}`,
  userId: number % 2 === 0 ? null : `user-${number % 5}`,
});

/** Limits that come, go, rise and fall, so that some are always near. */
function randomLimits(random: Random): Command {
  const subjects = [
    { scope: "organization", subject: null },
    { scope: "agent", subject: "agent-1" },
    { scope: "user", subject: "user-3" },
  ] as const;
  return setLimits(
    ...subjects
      .filter(() => random.below(3) > 0)
      .map((of) => ({
        ...of,
        period: random.pick(SPEND_PERIODS),
        limit: credits(BigInt(random.below(40_000))),
      })),
  );
}

/** A random command over few ids, so that commands meet: repeated, conflicting, out of order. */
function randomCommand(random: Random): Command {
  const number = random.below(50);
  const sessionId = `s${number}`;
  const subject = { ...PIPELINE, ...spenderOf(number) };
  const pick = random.below(100);
  if (pick < 25) return authorize(sessionId, subject);
  if (pick < 50) return report(random.below(40), random.below(600), sessionId);
  if (pick < 65) return settle(random.below(900), sessionId);
  if (pick < 70) return { kind: "cancel", sessionId };
  if (pick < 88) return charge(random.below(300), `event-${random.below(100)}`, "f", { subject });
  if (pick < 95) return give(credits(BigInt(1 + random.below(9_000))), `credit-${random.below(100)}`);
  if (pick < 98) return randomLimits(random);
  return { kind: "set_policy", policy: { graceLimit: credits(BigInt(random.below(50_000))) } };
}

describe("random commands from two engines on one database", () => {
  test.each([1, 2, 3, 4])(
    "come to what the pure domain makes of them in the order of their effects (seed %i)",
    async (seed) => {
      const random = createRandom(seed);
      const histories = [0, 1, 2].map((number) => ({
        id: `org_${seed}_${number}`,
        work: [] as Promise<Told>[],
      }));
      for (const { id } of histories) await ledger.openAccount(id, "5");
      const opened = new Map(
        await Promise.all(histories.map(async ({ id }) => [id, await accountOf(id)] as const)),
      );
      for (let count = 0; count < 2_000; count += 1) {
        const { id, work } = random.pick(histories);
        work.push(tell(random.pick(engines), id, randomCommand(random)));
        // Some wait for their answer, so that later commands find other batches before them.
        if (random.below(25) === 0) await work.at(-1);
      }
      for (const { id, work } of histories) {
        const told = await Promise.all(work);
        expect(new Set(told.map(({ decision }) => decision.kind))).toEqual(new Set(["accepted", "refused"]));
        const before = opened.get(id);
        if (before === undefined) throw new Error(`${id} was not opened`);
        const refused = told.flatMap(({ decision }) =>
          decision.kind === "refused" ? [decision.refusal.kind] : [],
        );
        expect(refused).toContain("spend_limit_reached");
        const limits = await findSpendLimits(ledger.databases.of(id));
        expectReplayed(before, told, { account: await accountOf(id), limits });
        expect(await ledger.verify(id)).toMatchObject({ kind: "verified", problems: [] });
      }
    },
  );
});

describe("1,000 concurrent sessions on 3.00 credits and 5.00 grace", () => {
  /** A runtime that talks as long as it is let, and then a minute longer. */
  async function call(engine: PostingEngine, id: string, random: Random): Promise<string> {
    const opened = await decideWith(engine, "org_thousand", authorize(id));
    if (opened.kind === "refused") return opened.refusal.kind;
    let used = 0;
    for (let seq = 1; seq <= 5; seq += 1) {
      used += 5 + random.below(40);
      await decideWith(engine, "org_thousand", report(seq, used, id));
    }
    const ended = await decideWith(engine, "org_thousand", settle(used + 60, id));
    return ended.kind === "refused" ? ended.refusal.kind : "settled";
  }

  test("end at or above the floor, every refusal coded, the books exact", async () => {
    const random = createRandom(1_000);
    await ledger.openAccount("org_thousand", "5");
    await ledger.accept("org_thousand", give(amount("3"), "start"));
    const ends = await Promise.all(
      Array.from({ length: 1_000 }, (_, number) => call(random.pick(engines), `call-${number}`, random)),
    );
    const account = await accountOf("org_thousand");
    expect(account.balance).toBeLessThan(0n);
    expect(account.balance).toBeGreaterThanOrEqual(-50_000n);
    expect(account).toMatchObject({ held: 0n, activeSessions: 0 });
    const kinds = new Set(ends);
    expect(kinds.has("settled")).toBe(true);
    expect(
      [...kinds].filter((kind) => !["settled", "credits_reserved", "insufficient_credits"].includes(kind)),
    ).toEqual([]);
    expect(await ledger.verify("org_thousand")).toMatchObject({ kind: "verified", problems: [] });
  });
});
