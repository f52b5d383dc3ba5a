import { expireSessions } from "../application/expire-sessions.ts";
import { createOutboxCleaner } from "../jobs/clean-outbox.ts";
import { reconcileOnSchedule } from "../jobs/reconcile-on-schedule.ts";
import { schedule } from "../jobs/schedule.ts";
import { createOutboxEraser } from "../storage/outbox.ts";
import { listOverdueSessions } from "../storage/reading/sessions.ts";
import type { Foundation } from "./foundation.ts";
import { startOutboxReaders } from "./news.ts";
import type { Parts } from "./parts.ts";

/** Starts what runs by the clock. Any number of processes may run it on one database. */
export function startJobs(foundation: Foundation, parts: JobParts): void {
  const { config, log, pool, closers } = foundation;
  const { money, reconcileOrders, outboxReaders } = parts;
  const { timing, postCommand } = money;
  const overdue = {
    listOverdueSessions: (limit: number) => listOverdueSessions(pool, timing, limit),
    postCommand,
  };
  const cleanOutbox = createOutboxCleaner(createOutboxEraser(pool, outboxReaders));
  // Every half validity, at least each second. Source: contract.md, Decisions, Sessions.
  const sweepMs = Math.min(timing.validityMs / 2, 1_000);
  const jobs = [
    schedule("expire sessions", sweepMs, () => expireSessions(overdue), log),
    schedule("clean outbox", OUTBOX_MS, () => cleanOutbox(), log),
    ...(reconcileOrders === null
      ? []
      : [reconcileOnSchedule(reconcileOrders, config.reconcileSeconds * 1_000, log)]),
  ];
  closers.push(() => Promise.all(jobs.map((job) => job.stop())));
  startOutboxReaders(foundation, parts);
}

type JobParts = Pick<Parts, "money" | "reconcileOrders" | "outboxReaders" | "bell">;

const OUTBOX_MS = 3_600_000;
