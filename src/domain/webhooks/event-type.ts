/** What an organization may have told to its webhooks. Source: contract.md, Organization, members, keys. */
export const WEBHOOK_EVENT_TYPES = [
  "credit.added",
  "credit.low",
  "credit.depleted",
  "credit.critical",
  "credit.recovered",
  "session.reauthorize",
  "session.terminate",
  "session.settled",
] as const;

export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** Sent on request alone, to one webhook, whatever it has chosen. */
export const TEST_EVENT_TYPE = "webhook.test";
