import { ZERO } from "../money/credits.ts";
import { accept, type Command, type Context, type Decision, type Facts, refuse } from "./command.ts";
import { moveHold } from "./grant.ts";

/** Cancels a session whose call never connected: releases everything, charges nothing. Twice is once.
 *  Refuses session_not_found, session_settled. */
export function cancel(facts: Facts, command: Command & { kind: "cancel" }, { now }: Context): Decision {
  const { account, session } = facts;
  if (session === null) return refuse({ kind: "session_not_found", sessionId: command.sessionId });
  if (session.status === "settled") return refuse({ kind: "session_settled", sessionId: session.id });
  if (session.status === "cancelled") return accept(facts, { repeated: true });
  const released = moveHold(account, session, ZERO);
  return accept(facts, {
    session: { ...released.session, status: "cancelled", endedAt: now },
    account: {
      ...released.account,
      activeSessions: account.activeSessions - 1,
      cancelledSessions: account.cancelledSessions + 1n,
      updatedAt: now,
    },
  });
}
