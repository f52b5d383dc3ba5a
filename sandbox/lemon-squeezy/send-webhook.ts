import { createHmac } from "node:crypto";
import type { DeliveryAttempt, DeliveryRecord } from "./state.ts";

export type WebhookTarget = {
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly timeoutMs: number;
};

/** Sends a delivery once and adds the attempt to it, however it ends. Source of headers: lemon-squeezy.md section 5. */
export async function sendWebhook(
  target: WebhookTarget,
  delivery: DeliveryRecord,
  stopping: AbortSignal,
): Promise<DeliveryAttempt> {
  const attempt = newAttempt(target, delivery, "sending");
  delivery.attempts.push(attempt);
  try {
    const response = await fetch(target.webhookUrl, {
      method: "POST",
      headers: attempt.headers,
      body: delivery.body,
      redirect: "manual",
      signal: AbortSignal.any([stopping, AbortSignal.timeout(target.timeoutMs)]),
    });
    attempt.status = response.status;
    attempt.answer = (await response.text()).slice(0, answerCharactersMax);
  } catch (error) {
    if (attempt.status === "sending") attempt.status = "unreachable";
    attempt.answer = error instanceof Error ? error.message : "no answer";
  }
  return attempt;
}

/** Counts a delivery as sent into the void: listed, never to arrive by itself. */
export function dropWebhook(target: WebhookTarget, delivery: DeliveryRecord): void {
  delivery.dueAtMs = null;
  delivery.attempts.push(newAttempt(target, delivery, "dropped"));
}

function newAttempt(
  target: WebhookTarget,
  delivery: DeliveryRecord,
  status: "dropped" | "sending",
): DeliveryAttempt {
  return {
    attempt: delivery.attempts.length + 1,
    headers: {
      "Content-Type": "application/json",
      "X-Event-Name": delivery.eventName,
      "X-Signature": createHmac("sha256", target.webhookSecret).update(delivery.body).digest("hex"),
    },
    status,
    answer: "",
    sentAt: new Date().toISOString(),
  };
}

const answerCharactersMax = 2_000;
