import { expect, test } from "vitest";
import type { Webhook, WebhookDelivery } from "../../api/openapi.ts";
import { deliveryOutcome, webhookState } from "./webhook-words.ts";

const webhook: Webhook = {
  id: "whk_1",
  url: "https://example.com/airtime",
  events: ["credit.low"],
  enabled: true,
  disabled_reason: null,
  failing_since: null,
  old_secret_until: null,
  created_at: "2026-11-24T12:00:00.000Z",
  updated_at: "2026-11-24T12:00:00.000Z",
};
const delivery: WebhookDelivery = {
  id: "dlv_1",
  message_id: "msg_1",
  type: "credit.low",
  status: "pending",
  attempts: 0,
  next_attempt_at: null,
  attempted_at: null,
  response_status: null,
  duration_ms: null,
  error: null,
  created_at: "2026-11-24T12:00:00.000Z",
  ended_at: null,
};

test("a webhook that is on but fails says so, and one that is off says why", () => {
  expect(webhookState(webhook).word).toBe("On");
  expect(webhookState({ ...webhook, failing_since: webhook.created_at }).word).toBe("Failing");
  expect(webhookState({ ...webhook, disabled_reason: "gone" }).text).toMatch(/410 Gone/);
  expect(webhookState({ ...webhook, disabled_reason: "requested" }).tone).toBe("gray");
});

test("a delivery tells its answer, or its error where there was none", () => {
  expect(deliveryOutcome(delivery)).toBe("Not sent yet");
  const answered = { ...delivery, attempts: 1, response_status: 500, duration_ms: 12 };
  expect(deliveryOutcome(answered)).toBe("1 attempt, answered 500 in 12 ms");
  expect(deliveryOutcome({ ...delivery, attempts: 3, error: "timed out" })).toBe("3 attempts, timed out");
});
