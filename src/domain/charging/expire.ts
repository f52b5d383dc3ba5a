import { accept, type Command, type Context, type Decision, type Facts, refuse } from "./command.ts";
import { pinnedRates } from "./report.ts";
import { isRunning, withFlag } from "./session.ts";
import { settleAt } from "./settle.ts";

/** What time does to a session that stopped reporting: stale after twice the validity (its hold is kept), settled
 *  at what it reported once the settle window is over too. Before that nothing changes.
 *  Refuses session_not_found. Source: design.md, Lost runtime. */
export function expire(facts: Facts, command: Command & { kind: "expire" }, context: Context): Decision {
  const { session } = facts;
  if (session === null) return refuse({ kind: "session_not_found", sessionId: command.sessionId });
  const { validityMs, settleWindowMs } = context.timing;
  const staleAt = session.lastReportAt + 2 * validityMs;
  if (!isRunning(session) || context.now < staleAt) return accept(facts, { repeated: true });
  if (context.now >= staleAt + settleWindowMs) {
    const lost = { ...session, flags: withFlag(session.flags, "lost") };
    const rates = pinnedRates(context.prices, session);
    return settleAt(facts, lost, rates, { now: context.now, origin: SYSTEM, endedAt: null, reason: null });
  }
  if (session.status === "stale") return accept(facts, { repeated: true });
  return accept(facts, { session: { ...session, status: "stale" } });
}

const SYSTEM = { actor: { type: "system", id: "sweeper", name: "Settle sweeper" }, sealedIp: null } as const;
