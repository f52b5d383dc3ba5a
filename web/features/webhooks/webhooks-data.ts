import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useOrganization } from "../../api/active-organization.ts";
import { call } from "../../api/call.ts";
import type { Operations, Webhook, WebhookDelivery } from "../../api/openapi.ts";
import { showToast } from "../../ui/toasts.tsx";

/** Why a Member can look at webhooks, but not change them. */
export const MANAGERS_ONLY = "Only the Owner and Admins manage webhooks.";

export function webhooksQuery(organizationId: string) {
  return queryOptions({
    queryKey: ["webhooks", organizationId],
    queryFn: ({ signal }) =>
      call("GET /api/organizations/{id}/webhooks", { path: { id: organizationId }, signal }).then(
        (answer) => answer.data,
      ),
  });
}

export interface DeliveriesPage {
  status: WebhookDelivery["status"] | undefined;
  limit: number;
}

const WATCH_MS = 2000;
const REFRESH_MS = 15_000;

/** A webhook's newest deliveries; while one is under way they are asked for again soon. */
export function deliveriesQuery(
  organizationId: string,
  webhookId: string,
  { status, limit }: DeliveriesPage,
) {
  const path = { id: organizationId, webhook_id: webhookId };
  const query = { limit: String(limit), ...(status ? { status } : {}) };
  return queryOptions({
    queryKey: ["webhook-deliveries", organizationId, webhookId, { status, limit }],
    queryFn: ({ signal }) =>
      call("GET /api/organizations/{id}/webhooks/{webhook_id}/deliveries", { path, query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ attempts, status: now }) => now === "pending" && attempts === 0)
        ? WATCH_MS
        : REFRESH_MS,
  });
}

export function deliveryQuery(organizationId: string, webhookId: string, deliveryId: string) {
  const path = { id: organizationId, webhook_id: webhookId, delivery_id: deliveryId };
  return queryOptions({
    queryKey: ["webhook-delivery", organizationId, webhookId, deliveryId],
    queryFn: ({ signal }) =>
      call("GET /api/organizations/{id}/webhooks/{webhook_id}/deliveries/{delivery_id}", {
        path,
        signal,
      }).then((answer) => answer.delivery),
  });
}

type Add = Operations["POST /api/organizations/{id}/webhooks"]["body"];

export function useAddWebhook() {
  const { id } = useOrganization();
  const reread = useReread();
  return useMutation({
    mutationFn: (body: Add) => call("POST /api/organizations/{id}/webhooks", { path: { id }, body }),
    onSuccess: reread,
  });
}

type Change = Operations["PATCH /api/organizations/{id}/webhooks/{webhook_id}"]["body"];

export function useChangeWebhook(webhook: Webhook, done: () => void) {
  const path = usePathOf(webhook);
  const reread = useReread();
  return useMutation({
    mutationFn: (body: Change) => call("PATCH /api/organizations/{id}/webhooks/{webhook_id}", { path, body }),
    onSuccess: () => {
      showToast({ title: "Webhook saved", detail: webhook.url });
      reread();
      done();
    },
  });
}

export function useRemoveWebhook(webhook: Webhook, done: () => void) {
  const path = usePathOf(webhook);
  const reread = useReread();
  return useMutation({
    mutationFn: () => call("DELETE /api/organizations/{id}/webhooks/{webhook_id}", { path }),
    onSuccess: () => {
      showToast({ title: "Webhook removed", detail: webhook.url });
      reread();
      done();
    },
  });
}

export function useRotateSecret(webhook: Webhook) {
  const path = usePathOf(webhook);
  const reread = useReread();
  return useMutation({
    mutationFn: () => call("POST /api/organizations/{id}/webhooks/{webhook_id}/rotate-secret", { path }),
    onSuccess: reread,
  });
}

/** Sends a test event, or a delivery's message once more; the log is read again to show what comes of it. */
export function useSend(webhook: Webhook) {
  const path = usePathOf(webhook);
  const client = useQueryClient();
  return useMutation({
    mutationFn: (deliveryId: string | null) =>
      deliveryId === null
        ? call("POST /api/organizations/{id}/webhooks/{webhook_id}/test", { path })
        : call("POST /api/organizations/{id}/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", {
            path: { ...path, delivery_id: deliveryId },
          }),
    onSuccess: (_, deliveryId) => {
      showToast({ title: deliveryId === null ? "Test event sent" : "Sent once more", detail: webhook.url });
      void client.invalidateQueries({ queryKey: ["webhook-deliveries", path.id, webhook.id] });
    },
    onError: (error) => showToast({ title: "It could not be sent", detail: error.message, tone: "danger" }),
  });
}

function usePathOf({ id: webhook_id }: Webhook) {
  const { id } = useOrganization();
  return { id, webhook_id };
}

function useReread(): () => void {
  const { id } = useOrganization();
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: ["webhooks", id] });
}
