import type pg from "pg";
import type { Registry } from "prom-client";
import { createBookOrder } from "../application/book-order.ts";
import { createFindCheckout } from "../application/find-checkout.ts";
import { createFindReceipt } from "../application/find-receipt.ts";
import type { AnswerStore } from "../application/identity-ports.ts";
import { createReceivePaymentEvent } from "../application/receive-payment-event.ts";
import { createReconcileOrders } from "../application/reconcile-orders.ts";
import { createReplayPaymentEvent } from "../application/replay-payment-event.ts";
import { createStartCheckout } from "../application/start-checkout.ts";
import type { LemonSqueezyConfig } from "../config.ts";
import type { CreditPackage } from "../domain/payments/packages.ts";
import { registerBuyingRoutes } from "../http/routes/buying.ts";
import { registerPaymentEventRoutes } from "../http/routes/buying-events.ts";
import { registerReceiptRoute } from "../http/routes/buying-receipt.ts";
import { registerReconciliationRoute } from "../http/routes/buying-reconciliation.ts";
import { registerWebhookRoute } from "../http/routes/buying-webhook.ts";
import type { RegisterRoutes } from "../http/server.ts";
import { createLemonSqueezyClient } from "../payments/lemon-squeezy/client.ts";
import { readStoredEvent, readWebhook } from "../payments/lemon-squeezy/webhook.ts";
import { newId } from "../storage/identity/new-id.ts";
import { openOrganizationDatabases } from "../storage/organization-database.ts";
import { createPaymentStore } from "../storage/payments/payment-store.ts";
import { findTransaction } from "../storage/reading/transactions.ts";
import type { Money } from "./money.ts";
import { measureOpenEvents, measureReconciliation } from "./payment-metrics.ts";

/** Everything that takes money in: buying routes, webhook, reconciliation. Without a provider nothing can be bought and
 *  no webhook is accepted. */
export function wirePayments(settings: PaymentSettings) {
  const { pool, money, lemonSqueezy, organizationExists } = settings;
  const store = createPaymentStore(pool);
  const provider =
    lemonSqueezy === null
      ? null
      : createLemonSqueezyClient({ ...lemonSqueezy, timeoutMs: PROVIDER_TIMEOUT_MS });
  const shop = {
    storeId: lemonSqueezy?.storeId ?? "",
    testMode: lemonSqueezy?.testMode ?? false,
  };
  const bookOrder = createBookOrder({ shop, store, post: money.postCommand });
  const { seal, isErased } = money.vault;
  const receiving = { store, bookOrder, seal, isErased, organizationExists };
  const reconcileOrders =
    provider === null
      ? null
      : measureReconciliation(
          createReconcileOrders({ shop, store, provider, bookOrder, organizationExists }),
          settings.registry,
        );
  measureOpenEvents(store, settings.registry, settings.onFault);
  /** Only who sells says what is on sale: a command may be run with another configuration. */
  const notePackages = async () => {
    if (provider !== null) await store.notePackages(shop.storeId, settings.packages);
  };
  return {
    reconcileOrders,
    notePackages,
    routes: paymentRoutes(settings, { store, provider, shop, receiving }),
  };
}

export type PaymentSettings = {
  readonly pool: pg.Pool;
  readonly money: Money;
  readonly answers: AnswerStore;
  readonly lemonSqueezy: LemonSqueezyConfig | null;
  readonly packages: readonly CreditPackage[];
  readonly overlayScriptUrl: string;
  readonly baseUrl: string;
  readonly registry: Registry;
  readonly onFault: (error: unknown) => void;
  readonly organizationExists: (organizationId: string) => Promise<boolean>;
};

const PROVIDER_TIMEOUT_MS = 5_000;

type Parts = {
  readonly store: ReturnType<typeof createPaymentStore>;
  readonly provider: ReturnType<typeof createLemonSqueezyClient> | null;
  readonly shop: { readonly storeId: string; readonly testMode: boolean };
  readonly receiving: Parameters<typeof createReceivePaymentEvent>[0];
};

function paymentRoutes(settings: PaymentSettings, parts: Parts): RegisterRoutes[] {
  const { money, answers, packages, overlayScriptUrl, baseUrl, registry, lemonSqueezy } = settings;
  const { store, provider, shop, receiving } = parts;
  const secrets = lemonSqueezy?.webhookSecrets ?? [];
  const { seal, open } = money.vault;
  const startCheckout = createStartCheckout({
    store,
    provider,
    packages,
    testMode: shop.testMode,
    baseUrl,
    seal,
    newId,
  });
  const replayPaymentEvent = createReplayPaymentEvent({
    ...receiving,
    store,
    provider,
    open,
    readEvent: readStoredEvent,
  });
  const findReceipt = createFindReceipt({
    findTransaction: (organizationId, id) =>
      findTransaction(openOrganizationDatabases(settings.pool).of(organizationId), id),
    provider,
    now: Date.now,
  });
  return [
    (server) =>
      registerReconciliationRoute(server, {
        findReconciliation: () => store.findReconciliation(shop.storeId),
        countOpenEvents: store.countOpenEvents,
      }),
    (server) => registerReceiptRoute(server, findReceipt),
    (server) =>
      registerBuyingRoutes(server, {
        packages,
        overlayScriptUrl,
        answers,
        startCheckout,
        findCheckout: createFindCheckout(store),
      }),
    (server) =>
      registerWebhookRoute(server, {
        readWebhook: (rawBody, signature) => readWebhook(rawBody, signature, secrets),
        receivePaymentEvent: createReceivePaymentEvent(receiving),
        registry,
      }),
    (server) => registerPaymentEventRoutes(server, { events: store, replayPaymentEvent, answers }),
  ];
}
