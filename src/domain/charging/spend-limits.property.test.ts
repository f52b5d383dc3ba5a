import fc from "fast-check";
import { expect, test } from "vitest";
import type { Actor } from "../ledger/transaction.ts";
import { credits } from "../money/credits.ts";
import { limitAt, type SpendRule, spendKeyOf } from "../policy/spend-limit.ts";
import type { Command } from "./command.ts";
import {
  authorize,
  cancel,
  charge,
  expire,
  give,
  PIPELINE,
  report,
  setLimits,
  settle,
  World,
} from "./world.fixture.ts";

/** Any history of an organization under limits: many sessions at once, of few agents, keys and end users. */

const agents = fc.constantFrom("a1", "a2");
const keys = fc.constantFrom("k1", "k2");
const users = fc.constantFrom("u1", null);
const ids = fc.constantFrom("s1", "s2", "s3", "s4", "s5", "s6");

const keyActor = (id: string): Actor => ({ type: "api_key", id, name: id });

const amounts = fc.integer({ min: 0, max: 6_000 }).map((amount) => credits(BigInt(amount)));
const subjects = fc.oneof(
  fc.constant({ scope: "organization", subject: null } as const),
  agents.map((subject) => ({ scope: "agent", subject }) as const),
  keys.map((subject) => ({ scope: "api_key", subject }) as const),
  fc.constant({ scope: "user", subject: "u1" } as const),
);
const rules: fc.Arbitrary<SpendRule[]> = fc.uniqueArray(
  fc
    .tuple(subjects, fc.constantFrom("day", "month"), amounts)
    .map(([of, period, limit]) => ({ ...of, period, limit })),
  { maxLength: 6, selector: spendKeyOf },
);

const commands: fc.WeightedArbitrary<Command>[] = [
  {
    weight: 4,
    arbitrary: fc.tuple(ids, agents, keys, users).map(([id, agentId, key, userId]) => ({
      ...authorize(id, { ...PIPELINE, agentId, userId }, `${agentId}/${key}/${userId}`),
      origin: { actor: keyActor(key), sealedIp: null },
    })),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.nat(50), fc.nat(600), ids).map(([seq, used, id]) => report(seq, used, id)),
  },
  { weight: 3, arbitrary: fc.tuple(fc.nat(900), ids).map(([used, id]) => settle(used, id)) },
  { weight: 1, arbitrary: ids.map(cancel) },
  { weight: 1, arbitrary: ids.map(expire) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(300), fc.nat(30), agents, keys, users)
      .map(([used, id, agentId, key, userId]) =>
        charge(used, `e${id}`, `${used}/${agentId}`, {
          subject: { ...PIPELINE, agentId, userId, metadata: { user_id: "u1" } },
          origin: { actor: keyActor(key), sealedIp: null },
        }),
      ),
  },
  { weight: 2, arbitrary: rules.map((set) => setLimits(...set)) },
];

/** Pauses of seconds, and now and then of hours, so that days and months end in the middle. */
const pauses = fc.oneof(fc.nat(90_000), fc.nat(90_000), fc.nat(20 * 86_400_000));
/** Shrinking a failure takes its time on a busy machine. */
const TIMEOUT_MS = 120_000;
const histories = fc.array(fc.tuple(fc.oneof(...commands), pauses), { maxLength: 80, size: "+1" });

function live(
  history: readonly (readonly [Command, number])[],
  each: (world: World, command: Command) => void,
) {
  const world = new World();
  world.run(give(credits(200_000n), "start"));
  for (const [command, pauseMs] of history) {
    world.now += pauseMs;
    each(world, command);
  }
}

test(
  "spent + held stays within every limit, but for one that was set below what was used",
  () => {
    fc.assert(
      fc.property(histories, (history) => {
        live(history, (world, command) => {
          const before = new Map(
            world.spendLimits.map((limit) => [spendKeyOf(limit), limitAt(limit, world.now)]),
          );
          world.run(command);
          if (command.kind === "set_spend_limits") return;
          for (const stored of world.spendLimits) {
            const limit = limitAt(stored, world.now);
            const earlier = before.get(spendKeyOf(limit));
            const used = limit.spent + limit.held;
            const usedBefore = earlier === undefined ? 0n : earlier.spent + earlier.held;
            expect(used <= limit.limit || used <= usedBefore).toBe(true);
          }
        });
      }),
      { numRuns: 100 },
    );
  },
  TIMEOUT_MS,
);

test(
  "each count is what the ledger and the running sessions come to, whenever the limit was set",
  () => {
    fc.assert(
      fc.property(histories, (history) => {
        live(history, (world, command) => {
          world.run(command);
          for (const limit of world.spendLimits)
            expect(limitAt(limit, world.now)).toMatchObject(world.meter(limit));
        });
      }),
      { numRuns: 100 },
    );
  },
  TIMEOUT_MS,
);

test(
  "a refusal names a limit that counts the caller and cannot pay",
  () => {
    fc.assert(
      fc.property(histories, (history) => {
        live(history, (world, command) => {
          const decision = world.run(command);
          if (decision.kind !== "refused" || decision.refusal.kind !== "spend_limit_reached") return;
          const { refusal } = decision;
          const limit = world.spendLimits.find((one) => spendKeyOf(one) === spendKeyOf(refusal));
          if (limit === undefined) throw new Error("no such limit");
          const { spent, held } = limitAt(limit, world.now);
          expect(refusal).toMatchObject({ limit: limit.limit, spent, held });
          expect(refusal.resetsAt > world.now).toBe(true);
        });
      }),
      { numRuns: 100 },
    );
  },
  TIMEOUT_MS,
);
