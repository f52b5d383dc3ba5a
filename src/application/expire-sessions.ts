import type { PostCommand } from "./post-command.ts";

/** Moves on every running session that has been silent for too long: to stale, or settled as lost. Any number of
 *  processes may do it at once; the account's time decides. Resolves with how many were looked at. */
export async function expireSessions(ports: {
  readonly listOverdueSessions: (limit: number) => Promise<{ organizationId: string; sessionId: string }[]>;
  readonly postCommand: PostCommand;
}): Promise<number> {
  const overdue = await ports.listOverdueSessions(SESSIONS_PER_SWEEP);
  await Promise.all(
    overdue.map(({ organizationId, sessionId }) =>
      ports.postCommand({
        organizationId,
        requester: { actor: null, ip: null },
        command: () => ({ kind: "expire", sessionId }),
      }),
    ),
  );
  return overdue.length;
}

const SESSIONS_PER_SWEEP = 5_000;
