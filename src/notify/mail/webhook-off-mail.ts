import type { Mail } from "../../application/mail-ports.ts";
import type { TurnedOffReason } from "../../application/webhook-ports.ts";
import { letterHtml, letterText, oneLine } from "./letter.ts";

/** The mail that tells the Owner that nothing is sent to a webhook any more. */
export function webhookOffMail(webhook: WebhookOff, to: string): Mail {
  const organization = oneLine(webhook.organizationName);
  // The rest of the address may be a secret.
  const { host } = new URL(webhook.url);
  const letter = {
    heading: `A webhook of ${organization} was turned off`,
    paragraphs: [
      WHY[webhook.reason],
      "The events it missed are in its delivery log and can be sent again from there, once it is on again.",
    ],
    facts: [
      ["Receiver", host],
      ["Webhook", webhook.webhookId],
      ["Time", `${new Date(webhook.at).toISOString().slice(0, 16).replace("T", " ")} UTC`],
    ] as const,
    button: {
      label: "Open Settings",
      url: `${webhook.baseUrl}/settings?organization=${encodeURIComponent(webhook.organizationId)}`,
    },
    footer: `You get this because you own ${organization}.`,
    unsubscribeUrl: null,
  };
  return {
    to,
    subject: `Webhook turned off: ${organization} no longer sends events to ${host}`,
    text: letterText(letter),
    html: letterHtml(letter),
    unsubscribeUrl: null,
  };
}

export type WebhookOff = {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly webhookId: string;
  readonly url: string;
  readonly reason: TurnedOffReason;
  /** Epoch ms. */
  readonly at: number;
  readonly baseUrl: string;
};

const WHY: Readonly<Record<WebhookOff["reason"], string>> = {
  failing: "It took no event for three days, so nothing is sent to it any more.",
  gone: "Its receiver answered 410 Gone, which says that it wants no more events.",
};
