import { z } from "zod";
import type { TEST_EVENT_TYPE, WebhookEventType } from "../../domain/webhooks/event-type.ts";
import { timeOutput } from "../schemas.ts";

/** What is posted to webhooks, for the reference and for those who check what arrives. */

const balance = {
  organization_id: z.string(),
  balance: z.number(),
  held: z.number(),
  available: z.number(),
};

const added = z.strictObject({
  ...balance,
  transaction_id: z.string(),
  type: z.enum(["topup", "consumption", "refund", "adjustment", "expiry"]),
  kind: z.string(),
  amount: z.number(),
  description: z.string(),
  metadata: z.record(z.string(), z.unknown()),
});

const crossing = z.strictObject({ ...balance, low_balance_threshold: z.number(), grace_limit: z.number() });

const session = z.strictObject({
  ...balance,
  session_id: z.string(),
  agent_id: z.string(),
  status: z.enum(["active", "stale", "settled", "cancelled"]),
  duration_seconds: z.number(),
  messages: z.int(),
  units: z.int(),
  cost: z.number(),
  charged: z.number(),
  uncollected: z.number(),
  flags: z.array(z.string()),
  transaction_id: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()),
});

const test = z.strictObject({ organization_id: z.string(), webhook_id: z.string() });

type PostedType = WebhookEventType | typeof TEST_EVENT_TYPE;

/** Each event that is posted: when, and what its body is. */
export const postedEvents = {
  "credit.added": event("credit.added", added, "Credit of any kind came in"),
  "credit.low": event("credit.low", crossing, "The balance fell below the organization's threshold"),
  "credit.depleted": event("credit.depleted", crossing, "The balance fell to 0.00 or below"),
  "credit.critical": event("credit.critical", crossing, "80 % of the grace limit are used"),
  "credit.recovered": event("credit.recovered", crossing, "The balance is back at its threshold or above"),
  "session.reauthorize": event("session.reauthorize", session, "Credit came in on a final grant: report now"),
  "session.terminate": event("session.terminate", session, "The final grant is used up: hang up"),
  "session.settled": event("session.settled", session, "A session ended, or a late end corrected it"),
  "webhook.test": event("webhook.test", test, "Somebody asked for a test"),
} satisfies { readonly [Type in PostedType]: { readonly summary: string; readonly body: z.ZodType } };

function event<Type extends PostedType, Data extends z.ZodType>(type: Type, data: Data, summary: string) {
  return { summary, body: z.strictObject({ type: z.literal(type), timestamp: timeOutput, data }) };
}
