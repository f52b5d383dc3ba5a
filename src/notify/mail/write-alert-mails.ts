import type { AlertFacts, Mail, MailKind } from "../../application/mail-ports.ts";
import type { Unsubscribe } from "../../application/unsubscribe.ts";
import type { News } from "../../domain/charging/command.ts";
import type { CreditPackage } from "../../domain/payments/packages.ts";
import type { Alert } from "../../domain/policy/alert.ts";
import { alertMail } from "./alert-mail.ts";

/** The mails that tell of the alerts in these news. A balance that falls through several boundaries at once is told of in
 *  one mail, of the worst; what is older than a day is no warning any more. */
export async function writeAlertMails(
  ports: AlertMailPorts,
  news: readonly AlertNews[],
): Promise<WrittenMail[]> {
  const written: WrittenMail[] = [];
  for (const one of news) {
    const alert = one.news.alerts.at(-1);
    if (alert === undefined || one.createdAt < ports.now() - ALERT_MS_MAX) continue;
    const facts = await ports.findAlertFacts(one.organizationId);
    if (facts === null) continue;
    const { organizationId, createdAt } = one;
    const { packages, baseUrl } = ports;
    const told = {
      alert,
      organizationId,
      balance: one.news.balance,
      at: createdAt,
      facts,
      packages,
      baseUrl,
    };
    for (const { address, unsubscribeUrl } of recipientsOf(ports, organizationId, alert, facts))
      written.push({ organizationId, kind: alert, mail: alertMail(told, address, unsubscribeUrl) });
  }
  return written;
}

export type AlertNews = {
  readonly organizationId: string;
  readonly news: Pick<News, "alerts" | "balance">;
  /** Epoch ms. */
  readonly createdAt: number;
};

export type WrittenMail = { readonly organizationId: string; readonly kind: MailKind; readonly mail: Mail };

export type AlertMailPorts = {
  findAlertFacts(organizationId: string): Promise<AlertFacts | null>;
  readonly unsubscribe: Unsubscribe;
  readonly packages: readonly CreditPackage[];
  readonly baseUrl: string;
  now(): number;
};

const ALERT_MS_MAX = 24 * 60 * 60 * 1_000;

/** That calls stop is told to everybody; who wants no warnings hears nothing else. */
const ALWAYS_TOLD: ReadonlySet<Alert> = new Set(["depleted", "critical"]);

type Recipient = { readonly address: string; readonly unsubscribeUrl: string | null };

function recipientsOf(
  { unsubscribe, baseUrl }: AlertMailPorts,
  organizationId: string,
  alert: Alert,
  { ownerEmail, alertEmails, optOuts }: AlertFacts,
): Recipient[] {
  const owner = ownerEmail === null ? [] : [ownerEmail];
  const addresses = new Set([...owner, ...alertEmails].map((address) => address.toLowerCase()));
  return [...addresses].flatMap((address): Recipient[] => {
    if (ALWAYS_TOLD.has(alert)) return [{ address, unsubscribeUrl: null }];
    const digest = unsubscribe.digestOf(organizationId, address);
    if (optOuts.has(digest)) return [];
    const token = unsubscribe.tokenOf(organizationId, digest);
    return [{ address, unsubscribeUrl: `${baseUrl}/mail/unsubscribe?token=${encodeURIComponent(token)}` }];
  });
}
