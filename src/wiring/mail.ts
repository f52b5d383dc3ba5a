import { Counter, Gauge, type Registry } from "prom-client";
import type { Mail } from "../application/mail-ports.ts";
import { createUnsubscribe } from "../application/unsubscribe.ts";
import type { CreditPackage } from "../domain/payments/packages.ts";
import type { MemberDependencies } from "../http/routes/members.ts";
import { registerUnsubscribeRoutes } from "../http/routes/unsubscribe.ts";
import type { RegisterRoutes } from "../http/server.ts";
import { invitationMail } from "../notify/mail/invitation-mail.ts";
import { createMailSender } from "../notify/mail/send-mails.ts";
import { createSmtp } from "../notify/mail/smtp.ts";
import { writeAlertMails } from "../notify/mail/write-alert-mails.ts";
import {
  countPendingMails,
  createMailQueue,
  findAlertFacts,
  findInvitationFacts,
  insertMail,
  setOptOut,
} from "../storage/mail.ts";
import type { Foundation } from "./foundation.ts";
import type { Money } from "./money.ts";
import type { OutboxReaderPart } from "./news.ts";

/** Mail: a reader of the outbox writes what is to be sent, a job sends it. Without an SMTP server nothing is written
 *  either: mail that waits for one would arrive months late. */
export function wireMail(foundation: Foundation, settings: MailSettings): MailPart {
  const { pool, secretKey, config, demo } = foundation;
  const unsubscribe = createUnsubscribe(secretKey);
  const routes: RegisterRoutes = (server) =>
    registerUnsubscribeRoutes(server, {
      readToken: unsubscribe.readToken,
      setOptOut: (optOut) => setOptOut(pool, optOut),
    });
  const smtpUrl = config.smtpUrl ?? demo?.inbox?.smtpUrl ?? null;
  if (smtpUrl === null) {
    const none = async () => [];
    return { routes, readers: [], sendMails: null, sealToOwner: none, sealInvitation: none };
  }
  const alertMails: OutboxReaderPart = {
    name: "mail",
    interest: "alerts",
    async take(client, entries) {
      const ports = {
        findAlertFacts: (organizationId: string) => findAlertFacts(client, organizationId),
        unsubscribe,
        packages: settings.packages,
        baseUrl: config.baseUrl,
        now: Date.now,
      };
      for (const { organizationId, kind, mail } of await writeAlertMails(ports, entries)) {
        const sealed = await settings.vault.seal(organizationId, MAIL, JSON.stringify(mail));
        await insertMail(client, { organizationId, kind, sealed });
      }
    },
  };
  return {
    routes,
    readers: [alertMails],
    sendMails: mailSender(foundation, settings, smtpUrl),
    async sealToOwner(organizationId, write) {
      const facts = await findAlertFacts(pool, organizationId);
      if (facts === null || facts.ownerEmail === null) return [];
      const mail = write({ organizationName: facts.organizationName, to: facts.ownerEmail });
      return [await settings.vault.seal(organizationId, MAIL, JSON.stringify(mail))];
    },
    async sealInvitation(invited) {
      const facts = await findInvitationFacts(pool, invited);
      if (facts === null) return [];
      const mail = invitationMail({ ...invited, ...facts, baseUrl: config.baseUrl });
      return [await settings.vault.seal(invited.organizationId, MAIL, JSON.stringify(mail))];
    },
  };
}

export type MailPart = {
  readonly routes: RegisterRoutes;
  readonly readers: readonly OutboxReaderPart[];
  /** Sends what is due; null where no mail is sent. */
  readonly sendMails: (() => Promise<number>) | null;
  /** A mail to the Owner, to be inserted with what it tells of; none where no mail is sent. */
  readonly sealToOwner: (
    organizationId: string,
    write: (owner: { readonly organizationName: string; readonly to: string }) => Mail,
  ) => Promise<readonly string[]>;
  readonly sealInvitation: MemberDependencies["sealInvitation"];
};

type MailSettings = { readonly packages: readonly CreditPackage[]; readonly vault: Money["vault"] };

/** The place that a sealed mail belongs to. */
const MAIL = "mail_delivery.sealed";

function mailSender({ pool, config, log, registry }: Foundation, { vault }: MailSettings, url: string) {
  const send = createSmtp({ url, from: config.mailFrom });
  const handovers = new Counter({
    name: "airtime_mail_handovers_total",
    help: "Attempts to hand a mail to the SMTP server, by what came of them.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  measurePending(registry, () => countPendingMails(pool));
  return createMailSender({
    queue: createMailQueue(pool),
    now: Date.now,
    async open({ organizationId, sealed }): Promise<Mail | null> {
      const text = await vault.open(organizationId, MAIL, sealed);
      return text === null ? null : JSON.parse(text);
    },
    async send(mail, id) {
      const handover = await send(mail, id);
      handovers.inc({ outcome: handover.kind });
      return handover;
    },
    onTrouble: (trouble) => log.warn(trouble, "a mail was not taken"),
  });
}

function measurePending(
  registry: Registry,
  count: () => Promise<{ readonly pending: number; readonly oldestMs: number }>,
): void {
  const age = new Gauge({
    name: "airtime_mail_pending_age_seconds",
    help: "Age of the oldest mail that waits to be sent; 0 when none does.",
    registers: [registry],
  });
  const pending = new Gauge({
    name: "airtime_mail_pending",
    help: "Mails that wait to be sent.",
    registers: [registry],
    async collect() {
      // Metrics are asked for above all when the database is not well: then the last numbers stay.
      const counted = await count().catch(() => null);
      if (counted === null) return;
      pending.set(counted.pending);
      age.set(counted.oldestMs / 1_000);
    },
  });
}
