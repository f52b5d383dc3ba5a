import { expect } from "vitest";
import type { Accepted, Command, Context, Decision } from "../../src/domain/charging/command.ts";
import { World } from "../../src/domain/charging/world.fixture.ts";
import type { Account } from "../../src/domain/ledger/account.ts";
import { limitAt, type SpendLimit, spendKeyOf } from "../../src/domain/policy/spend-limit.ts";

/** What one organization was told: a command, its decision, and the time it was decided at. */
export type Told = { readonly command: Command; readonly decision: Decision; readonly context: Context };
type Effect = Told & { readonly decision: Accepted };

/** Puts the commands that had an effect in the order of their effects, decides them again on the pure domain alone, and
 *  expects the same decisions, the floor and the spend limits held after each, and what is stored at the end.
 *  @param opened the account before the first command. */
export function expectReplayed(opened: Account, told: readonly Told[], stored: Stored): void {
  const world = new World();
  world.account = opened;
  const effects = told.filter(hasEffect).sort(byEffect);
  expect(effects.length).toBeGreaterThan(40);
  for (const { command, decision, context } of effects) {
    world.now = context.now;
    const before = world.spendLimits;
    const replayed = world.run(command);
    expect(replayed).toEqual(decision);
    const { balance, held, graceLimit } = world.account;
    expect(balance - held).toBeGreaterThanOrEqual(-graceLimit);
    for (const limit of world.spendLimits) {
      expect(limitAt(limit, context.now)).toMatchObject(world.meter(limit));
      if (command.kind !== "set_spend_limits") expectWithin(limit, before);
    }
  }
  expect(stored).toEqual({ account: world.account, limits: world.spendLimits });
}

/** What is in the database after the last command. */
type Stored = { readonly account: Account; readonly limits: readonly SpendLimit[] };

/** A limit is kept, unless it was set below what was used: then nothing comes on top. */
function expectWithin(limit: SpendLimit, before: readonly SpendLimit[]): void {
  const earlier = before.find((one) => spendKeyOf(one) === spendKeyOf(limit));
  const usedBefore = earlier === undefined ? 0n : earlier.spent + earlier.held;
  const most = usedBefore > limit.limit ? usedBefore : limit.limit;
  expect(limit.spent + limit.held).toBeLessThanOrEqual(most);
}

function hasEffect(told: Told): told is Effect {
  return told.decision.kind === "accepted" && !told.decision.repeated;
}

/** Whatever changes an account raises its news sequence. A report that renews nothing changes its session only, and
 *  comes after the news that it has seen, in the order of the session's reports. */
function byEffect(a: Effect, b: Effect): number {
  const news = Number(a.decision.account.newsSeq - b.decision.account.newsSeq);
  if (news !== 0) return news;
  const quiet = Number(a.decision.news.length === 0) - Number(b.decision.news.length === 0);
  if (quiet !== 0) return quiet;
  return Number((a.decision.session?.reportSeq ?? 0n) - (b.decision.session?.reportSeq ?? 0n));
}
