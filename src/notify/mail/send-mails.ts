import type { DueMail, Handover, Mail, MailQueue } from "../../application/mail-ports.ts";

/** A job that sends the mails that are due. One that is not taken is tried again with growing pauses for a day; one that
 *  is rejected for good is not. When the server is away the others wait for the next run.
 *  @returns how many were sent. */
export function createMailSender(ports: MailSenderPorts): () => Promise<number> {
  async function sendOne(due: DueMail): Promise<Handover["kind"]> {
    const mail = await ports.open(due);
    if (mail === null) {
      await ports.queue.noteFailed(due, "the organization's key was destroyed");
      return "rejected";
    }
    const handover = await ports.send(mail, due.id);
    if (handover.kind === "sent") await ports.queue.noteSent(due);
    else if (handover.kind === "rejected" || ports.now() - due.createdAt > TRIED_FOR_MS)
      await ports.queue.noteFailed(due, handover.reason);
    else await ports.queue.postpone(due, pauseMs(due.attempts), handover.reason);
    if (handover.kind !== "sent") ports.onTrouble({ mail: due.id, ...handover });
    return handover.kind;
  }

  async function sendNext(waiting: Iterator<{ organizationId: string; id: string }>): Promise<number> {
    let sent = 0;
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const due = await ports.queue.lease(next.value);
      if (due === null) continue;
      const outcome = await sendOne(due);
      if (outcome === "sent") sent += 1;
      if (outcome === "unreachable") break;
    }
    return sent;
  }

  return async () => {
    const waiting = (await ports.queue.listDue(MAILS_PER_RUN))[Symbol.iterator]();
    // Some at a time: most of the time of a mail is waiting for the server.
    const lanes = await Promise.all(Array.from({ length: LANES }, () => sendNext(waiting)));
    return lanes.reduce((total, sent) => total + sent, 0);
  };
}

export type MailSenderPorts = {
  readonly queue: MailQueue;
  /** The mail as it was written; null when it can't be read any more. */
  readonly open: (due: DueMail) => Promise<Mail | null>;
  readonly send: (mail: Mail, id: string) => Promise<Handover>;
  readonly now: () => number;
  readonly onTrouble: (trouble: { mail: string; kind: string; reason: string }) => void;
};

const MAILS_PER_RUN = 500;
const LANES = 4;
const TRIED_FOR_MS = 24 * 60 * 60 * 1_000;

/** 2 s after the first attempt, twice as long after each further one, at most half an hour. */
function pauseMs(attempts: number): number {
  return Math.min(2_000 * 2 ** (attempts - 1), 1_800_000);
}
