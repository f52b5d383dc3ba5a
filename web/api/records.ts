import type { Answer } from "./call.ts";
import type { Me, Session, Transaction } from "./openapi.ts";

/** The parts of the API's records that the page has a word for. Money is in credits with at most 4 decimals, times are
 *  RFC 3339 UTC. The records themselves are written from openapi.json. */

export type {
  CostLine,
  CreditPackage,
  Me,
  Session,
  SessionDetail,
  StreamMessage as LiveMessage,
  Summary,
  Transaction,
} from "./openapi.ts";

export type Role = Me["organizations"][number]["role"];
export type TransactionType = Transaction["type"];
export type Architecture = Session["architecture"];
export type Component = Session["breakdown"][number]["component"];
export const SESSION_STATUSES = [
  "active",
  "stale",
  "settled",
  "cancelled",
] as const satisfies Session["status"][];
export type SessionStatus = Session["status"];
export type Checkout = Answer<"POST /api/billing/checkout">;
export type CheckoutStatus = Answer<"GET /api/billing/checkouts/{id}">["status"];

/** A page of a list. */
export interface List<Item> {
  data: Item[];
  total: number;
  limit: number;
  offset: number;
}
