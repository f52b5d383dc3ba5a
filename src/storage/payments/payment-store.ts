import type pg from "pg";
import type { PaymentStore } from "../../application/payment-ports.ts";
import { checkoutStatements } from "./checkouts.ts";
import { eventStatements } from "./event-inbox.ts";
import { leaseStatements } from "./lease.ts";
import { orderStatements } from "./orders.ts";
import { packageStatements } from "./packages.ts";
import { runStatements } from "./reconciliation-runs.ts";

/** Checkouts, packages, orders, the webhook inbox and reconciliation's lease in PostgreSQL. */
export function createPaymentStore(pool: pg.Pool): PaymentStore {
  return {
    ...checkoutStatements(pool),
    ...eventStatements(pool),
    ...orderStatements(pool),
    ...packageStatements(pool),
    ...runStatements(pool),
    ...leaseStatements(pool),
  };
}
