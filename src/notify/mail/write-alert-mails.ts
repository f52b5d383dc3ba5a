import type { AlertFacts, Mail, MailKind } from "../../application/mail-ports.ts";
import type { Unsubscribe } from "../../application/unsubscribe.ts";
import type { News } from "../../domain/charging/command.ts";
import type { CreditPackage } from "../../domain/payments/packages.ts";
import type { Alert } from "../../domain/policy/alert.ts";
import { alertMail } from "./alert-mail.ts";
import { spendMail } from "./spend-mail.ts";

/** The mails that tell of the alerts in these news. A balance that falls through several boundaries at once is told of in
 *  one mail, of the worst; each spend limit has its own. What is older than a day is no warning any more. */
export async function writeAlertMails(
  ports: AlertMailPorts,
  news: readonly AlertNews[],
): Promise<WrittenMail[]> {
  const written: WrittenMail[] = [];
  for (const one of news) {
    if (one.createdAt < ports.now() - ALERT_MS_MAX) continue;
    const facts = await ports.findAlertFacts(one.organizationId);
    if (facts !== null) written.push(...balanceMails(ports, one, facts), ...spendMails(ports, one, facts));
  }
  return written;
}

function balanceMails(ports: AlertMailPorts, one: AlertNews, facts: AlertFacts): WrittenMail[] {
  const alert = one.news.alerts.at(-1);
  if (alert === undefined) return [];
  const { organizationId, createdAt: at } = one;
  const { packages, baseUrl } = ports;
  const told = { alert, organizationId, balance: one.news.balance, at, facts, packages, baseUrl };
  return recipientsOf(ports, organizationId, facts, ALWAYS_TOLD.has(alert)).map(
    ({ address, unsubscribeUrl }) => ({
      organizationId,
      kind: alert,
      mail: alertMail(told, address, unsubscribeUrl),
    }),
  );
}

/** Who set limits may not want to hear of each end user that meets one. */
function spendMails(ports: AlertMailPorts, one: AlertNews, facts: AlertFacts): WrittenMail[] {
  const { organizationId, createdAt: at } = one;
  const { organizationName } = facts;
  return one.news.spendAlerts.flatMap((alert) => {
    const told = { alert, organizationId, organizationName, at, baseUrl: ports.baseUrl };
    return recipientsOf(ports, organizationId, facts, false).map(({ address, unsubscribeUrl }) => ({
      organizationId,
      kind: `spend_${alert.told}` as const,
      mail: spendMail(told, address, unsubscribeUrl),
    }));
  });
}

export type AlertNews = {
  readonly organizationId: string;
  readonly news: Pick<News, "alerts" | "spendAlerts" | "balance">;
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
  { ownerEmail, alertEmails, optOuts }: AlertFacts,
  isAlwaysTold: boolean,
): Recipient[] {
  const owner = ownerEmail === null ? [] : [ownerEmail];
  const addresses = new Set([...owner, ...alertEmails].map((address) => address.toLowerCase()));
  return [...addresses].flatMap((address): Recipient[] => {
    if (isAlwaysTold) return [{ address, unsubscribeUrl: null }];
    const digest = unsubscribe.digestOf(organizationId, address);
    if (optOuts.has(digest)) return [];
    const token = unsubscribe.tokenOf(organizationId, digest);
    return [{ address, unsubscribeUrl: `${baseUrl}/mail/unsubscribe?token=${encodeURIComponent(token)}` }];
  });
}
