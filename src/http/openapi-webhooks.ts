import { z } from "zod";
import { postedEvents } from "./wire/webhook-event.ts";

/** The document's section of what the service posts to others. */
export function describeWebhooks() {
  return Object.fromEntries(
    Object.entries(postedEvents).map(([type, { summary, body }]) => {
      const { $schema: _dialect, ...schema } = z.toJSONSchema(body);
      const operation = {
        tags: ["Webhooks"],
        summary,
        description: "Signed and retried as docs/webhooks.md says.",
        parameters: HEADERS,
        requestBody: { required: true, content: { "application/json": { schema } } },
        responses: { "2XX": { description: "Taken. Anything else is tried again." } },
      };
      return [type, { post: operation }];
    }),
  );
}

const HEADERS = [
  { name: "webhook-id", description: "The same at every attempt" },
  { name: "webhook-timestamp", description: "When this attempt was made, in seconds" },
  { name: "webhook-signature", description: "One or two signatures, separated by a space" },
].map(({ name, description }) => ({
  name,
  description,
  in: "header",
  required: true,
  schema: { type: "string" },
}));
