import { expireSessions } from "../application/expire-sessions.ts";
import { createOutboxCleaner } from "../jobs/clean-outbox.ts";
import { reconcileOnSchedule } from "../jobs/reconcile-on-schedule.ts";
import { createUsageRoller } from "../jobs/roll-usage.ts";
import { schedule } from "../jobs/schedule.ts";
import { deleteEndedMails } from "../storage/mail.ts";
import { createOutboxEraser } from "../storage/outbox.ts";
import { listOverdueSessions } from "../storage/reading/sessions.ts";
import { listUnrolled, rollUp } from "../storage/usage-rollups.ts";
import { deleteOldMessages } from "../storage/webhooks/delivery-log.ts";
import { wireCheckpoints } from "./checkpoints.ts";
import type { Foundation } from "./foundation.ts";
import { startOutboxReaders } from "./news.ts";
import type { Parts } from "./parts.ts";

/** Starts what runs by the clock. Any number of processes may run it on one database. */
export function startJobs(foundation: Foundation, parts: JobParts): void {
  const { config, log, pool, closers } = foundation;
  const { money, audit, reconcileOrders, outboxReaders, sendMails, webhooks } = parts;
  const { timing, postCommand } = money;
  const overdue = {
    listOverdueSessions: (limit: number) => listOverdueSessions(pool, timing, limit),
    postCommand,
  };
  const cleanOutbox = createOutboxCleaner(createOutboxEraser(pool, outboxReaders));
  const rollUsage = createUsageRoller({
    listUnrolled: (least, limit) => listUnrolled(pool, least, limit),
    rollUp: async (organizationId, limit) =>
      rollUp(pool, organizationId, { limit, prices: (await money.prices.newest()).book }),
  });
  // Every half validity, at least each second. Source: contract.md, Decisions, Sessions.
  const sweepMs = Math.min(timing.validityMs / 2, 1_000);
  const signHeads = wireCheckpoints(foundation);
  const signMs = Math.min(config.checkpoints.everySeconds * 1_000, SIGN_MS);
  const jobs = [
    schedule("expire sessions", sweepMs, () => expireSessions(overdue), log),
    schedule("roll usage up", ROLL_MS, rollUsage, log),
    schedule("clean outbox", OUTBOX_MS, () => cleanOutbox(), log),
    schedule("write counted reads down", AUDIT_MS, () => audit.log.flush("due"), log),
    ...(sendMails === null ? [] : [schedule("send mails", MAILS_MS, sendMails, log)]),
    schedule("forget ended mails", OUTBOX_MS, () => deleteEndedMails(pool, MAILS_KEPT_MS), log),
    schedule("forget old webhook messages", OUTBOX_MS, () => deleteOldMessages(pool, MESSAGES_KEPT_MS), log),
    ...(signHeads === null ? [] : [schedule("sign heads", signMs, signHeads, log)]),
    ...(reconcileOrders === null
      ? []
      : [reconcileOnSchedule(reconcileOrders, config.reconcileSeconds * 1_000, log)]),
  ];
  closers.push(() => Promise.all(jobs.map((job) => job.stop())));
  const dispatching = webhooks.start();
  closers.push(() => dispatching.stop());
  startOutboxReaders(foundation, parts);
}

type JobParts = Pick<
  Parts,
  "money" | "audit" | "reconcileOrders" | "outboxReaders" | "sendMails" | "webhooks" | "bell"
>;

/** How long a look at somebody's billing may stay unwritten. */
const AUDIT_MS = 2_000;
const MAILS_MS = 1_000;
/** Who asks why a mail did not come asks within a month. */
const MAILS_KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
/** As long as docs/webhooks.md says that the log goes back. */
const MESSAGES_KEPT_MS = 30 * 24 * 60 * 60 * 1_000;

/** How often it is looked whether a checkpoint is due, at least. */
const SIGN_MS = 60_000;
const OUTBOX_MS = 3_600_000;
const ROLL_MS = 1_000;
