import type { AlertFacts, Mail } from "../../application/mail-ports.ts";
import { type Credits, credits, subtract } from "../../domain/money/credits.ts";
import type { CreditPackage } from "../../domain/payments/packages.ts";
import type { Alert } from "../../domain/policy/alert.ts";
import { dollars } from "./dollars.ts";
import { type Letter, letterHtml, letterText, oneLine } from "./letter.ts";

/** The mail that tells one person of an alert. */
export function alertMail(alert: AlertToTell, to: string, unsubscribeUrl: string | null): Mail {
  const organization = oneLine(alert.facts.organizationName);
  const wording = WORDING[alert.alert](organization, dollars(alert.balance));
  const letter: Letter = {
    heading: wording.heading,
    paragraphs: wording.paragraphs,
    facts: factsOf(alert),
    button: buttonOf(alert),
    footer: `You get this because you look after the balance of ${organization}.`,
    unsubscribeUrl,
    tone: TONES[alert.alert],
  };
  return {
    to,
    subject: wording.subject,
    text: letterText(letter),
    html: letterHtml(letter),
    unsubscribeUrl,
  };
}

export type AlertToTell = {
  readonly alert: Alert;
  readonly organizationId: string;
  readonly balance: Credits;
  /** Epoch ms. */
  readonly at: number;
  readonly facts: AlertFacts;
  readonly packages: readonly CreditPackage[];
  readonly baseUrl: string;
};

const TONES = { low: "warning", depleted: "danger", critical: "danger", recovered: "success" } as const;

type Wording = { readonly subject: string; readonly heading: string; readonly paragraphs: readonly string[] };

const WORDING: Record<Alert, (organization: string, balance: string) => Wording> = {
  low: (organization, balance) => ({
    subject: `Low balance: ${organization} has ${balance} left`,
    heading: `The balance of ${organization} is low`,
    paragraphs: ["Calls go on. When nothing is left no new call starts, so add credits in time."],
  }),
  depleted: (organization, balance) => ({
    subject: `Balance used up: ${organization} is at ${balance}`,
    heading: `${organization} has used up its credits`,
    paragraphs: [
      "No new call starts. Those that run may go on into the grace limit, and are ended there.",
      "Added credits bring the service back at once.",
    ],
  }),
  critical: (organization, balance) => ({
    subject: `Calls are about to end: ${organization} is at ${balance}`,
    heading: `The grace of ${organization} is nearly used up`,
    paragraphs: [
      "Running calls are ended when the grace limit is reached. No new call starts.",
      "Added credits bring the service back at once, also for calls that run.",
    ],
  }),
  recovered: (organization, balance) => ({
    subject: `Balance recovered: ${organization} has ${balance}`,
    heading: `The balance of ${organization} is back in order`,
    paragraphs: ["Calls start and run as usual."],
  }),
};

function factsOf({ balance, facts, at }: AlertToTell): [string, string][] {
  const runway = runwayOf(balance, facts);
  return [
    ["Balance", dollars(balance)],
    ["Low balance threshold", dollars(facts.threshold)],
    ["Grace limit", dollars(facts.graceLimit)],
    ...(runway === null ? [] : [["At the latest pace it lasts", runway] as [string, string]]),
    ["Time", `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`],
  ];
}

/** How long the balance lasts at the pace of the latest charges; null without a balance, or a pace worth the name. */
function runwayOf(balance: Credits, { pace }: AlertFacts): string | null {
  if (pace === null || pace.used <= 0n || pace.durationMs < PACE_MS_MIN || balance <= 0n) return null;
  const hours = (Number(balance) / Number(pace.used)) * (pace.durationMs / 3_600_000);
  if (hours < 1) return "less than an hour";
  return hours < 48 ? `about ${Math.round(hours)} h` : `about ${Math.round(hours / 24)} days`;
}

const PACE_MS_MIN = 60_000;

function buttonOf({ alert, balance, facts, packages, baseUrl, organizationId }: AlertToTell) {
  const billing = `${baseUrl}/billing?organization=${encodeURIComponent(organizationId)}`;
  const offer = packageFor(packages, balance, facts.threshold);
  if (alert === "recovered" || offer === null) return { label: "Open Billing", url: billing };
  return { label: "Add Credits", url: `${billing}&add=${encodeURIComponent(offer.variantId)}` };
}

/** The smallest package that takes the balance to twice the threshold, so that the warning does not come back at once;
 *  else the largest. */
function packageFor(
  packages: readonly CreditPackage[],
  balance: Credits,
  threshold: Credits,
): CreditPackage | null {
  const missing = subtract(credits(threshold * 2n), balance);
  const bySize = packages.toSorted((a, b) => Number(a.credits - b.credits));
  return bySize.find((offer) => offer.credits >= missing) ?? bySize.at(-1) ?? null;
}
