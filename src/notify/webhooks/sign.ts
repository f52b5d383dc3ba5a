import { Webhook } from "standardwebhooks";

/** The headers of one attempt by the Standard Webhooks specification: signed with every secret in force, so that a
 *  receiver can change over from the old one to the new in its own time. */
export function signedHeaders(message: {
  readonly id: string;
  readonly body: string;
  /** When this attempt is made: receivers refuse what is old. */
  readonly at: Date;
  /** The present one first. */
  readonly secrets: readonly string[];
}): Readonly<Record<string, string>> {
  const { id, body, at, secrets } = message;
  return {
    "content-type": "application/json",
    "user-agent": "Airtime-Webhooks/1",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
}
