import { expect } from "vitest";
import type { Accepted, Command, Context, Decision } from "../../src/domain/charging/command.ts";
import { World } from "../../src/domain/charging/world.fixture.ts";
import type { Account } from "../../src/domain/ledger/account.ts";

/** What one organization was told: a command, its decision, and the time it was decided at. */
export type Told = { readonly command: Command; readonly decision: Decision; readonly context: Context };
type Effect = Told & { readonly decision: Accepted };

/** Puts the commands that had an effect in the order of their effects, decides them again on the pure domain alone, and
 *  expects the same decisions, the floor held after each, and the stored account at the end.
 *  @param opened the account before the first command. */
export function expectReplayed(opened: Account, told: readonly Told[], stored: Account): void {
  const world = new World();
  world.account = opened;
  const effects = told.filter(hasEffect).sort(byEffect);
  expect(effects.length).toBeGreaterThan(100);
  for (const { command, decision, context } of effects) {
    world.now = context.now;
    const replayed = world.run(command);
    expect(replayed).toEqual(decision);
    const { balance, held, graceLimit } = world.account;
    expect(balance - held).toBeGreaterThanOrEqual(-graceLimit);
  }
  expect(stored).toEqual(world.account);
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
