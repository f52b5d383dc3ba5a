import { createHmac, randomUUID } from "node:crypto";
import { createBookOrder } from "../../src/application/book-order.ts";
import { createFindCheckout } from "../../src/application/find-checkout.ts";
import type { CheckoutStore, PaymentProvider, ProviderFailure } from "../../src/application/payment-ports.ts";
import { createPostCommand } from "../../src/application/post-command.ts";
import { createReceivePaymentEvent } from "../../src/application/receive-payment-event.ts";
import { createReconcileOrders } from "../../src/application/reconcile-orders.ts";
import {
  createReplayPaymentEvent,
  type ReplayPaymentEvent,
} from "../../src/application/replay-payment-event.ts";
import type { ProviderOrder } from "../../src/domain/payments/decide-order.ts";
import { demoPackages } from "../../src/domain/payments/packages.ts";
import { readStoredEvent, readWebhook } from "../../src/payments/lemon-squeezy/webhook.ts";
import { findAccount } from "../../src/storage/accounts.ts";
import { destroyDataKeys } from "../../src/storage/organization-keys.ts";
import { createOrganizationVault } from "../../src/storage/organization-vault.ts";
import { createPaymentStore } from "../../src/storage/payments/payment-store.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";

/** Everything that takes money in, on a real database and engine, with a payment provider that is a list of orders. */
export async function openShop() {
  const ledger = await openTestLedger();
  const { pool, engine } = ledger;
  const store = createPaymentStore(pool);
  // A new one knows at once what the others remember for a minute: that a key was destroyed.
  const newVault = () =>
    createOrganizationVault(ledger.databases, "a secret of the tests, 32 characters or more");
  const vault = newVault();
  const provider = listingProvider();
  const shop = { storeId: STORE_ID, testMode: true };
  await store.notePackages(STORE_ID, demoPackages);
  const openAccount = async (id: string) => void (await ledger.openAccount(id, "5"));
  const organizationExists = async (id: string) =>
    (await pool.query("select 1 from organization where id = $1", [id])).rows.length > 0;
  const submit = engine.submit.bind(engine);
  const post = createPostCommand({ submit, ...vault }, openAccount);
  const bookOrder = createBookOrder({ shop, store, post });
  const receiving = { store, bookOrder, seal: vault.seal, isErased: vault.isErased, organizationExists };
  const receive = createReceivePaymentEvent(receiving);
  const reconciling = {
    shop,
    store,
    provider: provider.port,
    bookOrder,
    organizationExists,
    retryDelaysMs: [1],
  };
  return {
    pool,
    store,
    vault,
    provider,
    verify: ledger.verify,
    reconcile: createReconcileOrders(reconciling),
    replay(request: Parameters<ReplayPaymentEvent>[0]) {
      const { seal, open, isErased } = newVault();
      const replaying = { ...receiving, seal, open, isErased, provider: provider.port, readEvent };
      return createReplayPaymentEvent({ ...replaying, store })(request);
    },
    /** Destroys an organization's key, and with it what it sealed. */
    erase: (organizationId: string) => destroyDataKeys(pool, organizationId),
    checkoutStatus: createFindCheckout(store),
    deliver: (event: WebhookDraft) => receive(signedAndRead(event)),
    balance: async (id: string) => (await findAccount(ledger.databases.of(id)))?.balance ?? 0n,
    eventsOf: async (orderId: string) =>
      (await store.listEvents({ limit: 1_000, offset: 0 })).events.filter(
        (event) => event.orderId === orderId,
      ),
    newOrganization: (ownerEmail?: string) => newOrganization(pool, ownerEmail),
    openCheckout: (organizationId: string, variantId: string, openedAt?: Date) =>
      openCheckout({ pool, store }, organizationId, variantId, openedAt),
    close: ledger.close,
  };
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

export const STORE_ID = "41000";

let orderNumber = 1_000;

/** A paid order for 50 credits that nobody has seen before. */
export function newOrder(changes: Partial<ProviderOrder> = {}): ProviderOrder {
  orderNumber += 1;
  return {
    orderId: String(7_000_000 + orderNumber),
    storeId: STORE_ID,
    orderNumber,
    status: "paid",
    currency: "USD",
    totalMinor: 4_750,
    refundedMinor: 0,
    variantId: "1002",
    quantity: 1,
    userEmail: "buyer@example.com",
    receiptUrl: null,
    testMode: true,
    createdAt: new Date(),
    ...changes,
  };
}

export type WebhookDraft = {
  readonly name?: string;
  readonly order: ProviderOrder;
  readonly custom?: Readonly<Record<string, string>>;
};

const SECRET = "webhook-secret";
const readEvent = readStoredEvent;

/** Through the provider's own format and signature, as it comes by HTTP. */
function signedAndRead({ name = "order_created", order, custom }: WebhookDraft) {
  const meta = { test_mode: order.testMode, event_name: name, ...(custom ? { custom_data: custom } : {}) };
  const body = Buffer.from(JSON.stringify({ meta, data: resourceOf(order) }));
  const webhook = readWebhook(body, createHmac("sha256", SECRET).update(body).digest("hex"), [SECRET]);
  if (webhook.kind !== "event") throw new Error(`the webhook was ${webhook.kind}`);
  return webhook.event;
}

function resourceOf(order: ProviderOrder) {
  const item = { variant_id: Number(order.variantId), variant_name: "credits", quantity: order.quantity };
  const attributes = {
    store_id: Number(order.storeId),
    order_number: order.orderNumber,
    status: order.status,
    currency: order.currency,
    subtotal: order.totalMinor,
    total: order.totalMinor,
    refunded_amount: order.refundedMinor,
    first_order_item: item,
    user_email: order.userEmail,
    test_mode: order.testMode,
    created_at: order.createdAt.toISOString(),
    updated_at: order.createdAt.toISOString(),
  };
  return { type: "orders", id: order.orderId, attributes };
}

/** Lists what is in `orders`, newest first, in pages of `pageSize`. `failures` are answered first, one a call. */
function listingProvider() {
  const orders: ProviderOrder[] = [];
  const failures: ProviderFailure[] = [];
  const state = { orders, failures, pageSize: 3, onPage: (_page: number) => {}, calls: 0 };
  const failure = () => {
    state.calls += 1;
    return failures.shift();
  };
  const port: PaymentProvider = {
    createCheckout: async () =>
      failure() ?? { kind: "ok", providerCheckoutId: randomUUID(), url: "http://pay" },
    async getOrder(orderId) {
      const failed = failure();
      if (failed !== undefined) return failed;
      const order = orders.find((one) => one.orderId === orderId);
      if (order === undefined) return { kind: "provider_refused", status: 404, reason: "no such order" };
      return { kind: "ok", order };
    },
    async listOrders(page) {
      const failed = failure();
      if (failed !== undefined) return failed;
      state.onPage(page);
      const sorted = [...orders].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
      const shown = sorted.slice((page - 1) * state.pageSize, page * state.pageSize);
      const lastPage = Math.max(1, Math.ceil(orders.length / state.pageSize));
      return { kind: "ok", orders: shown, unreadable: [], lastPage };
    },
  };
  return { state, port };
}

async function newOrganization(
  pool: TestLedger["pool"],
  ownerEmail = `${randomUUID()}@example.com`,
): Promise<string> {
  const id = `org_${randomUUID()}`;
  const { rows } = await pool.query<{ id: string }>(
    `insert into person (id, name, email, email_verified) values ($1, 'Ada', $2, true)
     on conflict (email) do update set name = excluded.name returning id`,
    [`usr_${randomUUID()}`, ownerEmail],
  );
  await pool.query("insert into organization (id, name, slug) values ($1, 'Acme', $1)", [id]);
  await pool.query("insert into member (org_id, id, user_id, role) values ($1, $2, $3, 'owner')", [
    id,
    `mem_${randomUUID()}`,
    rows[0]?.id,
  ]);
  return id;
}

async function openCheckout(
  { pool, store }: { pool: TestLedger["pool"]; store: Pick<CheckoutStore, "insertCheckout"> },
  organizationId: string,
  variantId: string,
  createdAt = new Date(Date.now() - 1_000),
): Promise<string> {
  const { rows } = await pool.query<{ user_id: string }>("select user_id from member where org_id = $1", [
    organizationId,
  ]);
  const id = `chk_${randomUUID()}`;
  const expiresAt = new Date(Date.now() + 3_600_000);
  const buyer = { id: rows[0]?.user_id ?? "", name: "Ada" };
  await store.insertCheckout({
    organizationId,
    id,
    variantId,
    buyer,
    sealedIp: "sealed",
    createdAt,
    expiresAt,
  });
  return id;
}

export const fifty = amount("50");
