import type { Mail } from "../../application/mail-ports.ts";
import { add } from "../../domain/money/credits.ts";
import { periodEndOf, type SpendAlert } from "../../domain/policy/spend-limit.ts";
import { dollars } from "./dollars.ts";
import { type Letter, letterHtml, letterText, oneLine } from "./letter.ts";

/** The mail that tells one person of a spend limit that came near or was reached. */
export function spendMail(told: SpendToTell, to: string, unsubscribeUrl: string | null): Mail {
  const { alert, baseUrl, organizationId } = told;
  const organization = oneLine(told.organizationName);
  const whose = whoseOf(alert, organization);
  const amounts = `${dollars(add(alert.spent, alert.held))} of ${dollars(alert.limit)}`;
  const period = alert.period === "day" ? "today" : "this month";
  const isReached = alert.told === "reached";
  const letter: Letter = {
    heading: isReached ? `A spend limit of ${whose} is reached` : `A spend limit of ${whose} is 80 % used`,
    paragraphs: [
      isReached
        ? "What would exceed it is refused, and running calls that it counts are ended, until it begins anew or is raised."
        : "Calls go on. At the limit new ones are refused, and those that run are ended.",
    ],
    facts: factsOf(told),
    button: {
      label: "Open Settings",
      url: `${baseUrl}/settings?organization=${encodeURIComponent(organizationId)}`,
    },
    footer: `You get this because you look after the balance of ${organization}.`,
    unsubscribeUrl,
  };
  return {
    to,
    subject: `Spend limit ${isReached ? "reached" : "nearly reached"}: ${whose} has used ${amounts} ${period}`,
    text: letterText(letter),
    html: letterHtml(letter),
    unsubscribeUrl,
  };
}

export type SpendToTell = {
  readonly alert: SpendAlert;
  readonly organizationId: string;
  readonly organizationName: string;
  /** Epoch ms. */
  readonly at: number;
  readonly baseUrl: string;
};

const SCOPE_WORDS = { agent: "agent", api_key: "API key", user: "end user" } as const;

function whoseOf({ scope, subject }: SpendAlert, organization: string): string {
  if (scope === "organization") return organization;
  return `${SCOPE_WORDS[scope]} ${oneLine(subject ?? "")} of ${organization}`;
}

function factsOf({ alert, at }: SpendToTell): [string, string][] {
  return [
    ["Limit", `${dollars(alert.limit)} a ${alert.period}`],
    ["Spent", dollars(alert.spent)],
    ["Held by running calls", dollars(alert.held)],
    ["Begins anew", minuteOf(periodEndOf(alert))],
    ["Time", minuteOf(at)],
  ];
}

function minuteOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
