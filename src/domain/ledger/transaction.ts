import { hash as digestOf } from "node:crypto";
import type { Credits } from "../money/credits.ts";
import { canonicalJson, type Json } from "./canonical-json.ts";
import { createMeasuredFields } from "./measured-fields.ts";

/** The ledger's entries: append-only, dense per organization, chained by hash. */

export type TransactionType = "topup" | "consumption" | "refund" | "adjustment" | "expiry";

export type TransactionKind =
  | "purchase"
  | "manual_grant"
  | "welcome"
  | "startup_grant"
  | "voice"
  | "chat"
  | "api"
  | "service"
  | "usage_refund"
  | "purchase_refund"
  | "adjustment"
  | "late_end"
  | "expiry";

/** The other side of each entry, so that the books of all organizations sum to zero. */
export type CounterAccount = "sales" | "promotions" | "usage_revenue" | "refunds" | "adjustments" | "expired";

const CLASSES: Readonly<Record<TransactionKind, { type: TransactionType; counterAccount: CounterAccount }>> =
  {
    purchase: { type: "topup", counterAccount: "sales" },
    manual_grant: { type: "topup", counterAccount: "promotions" },
    welcome: { type: "topup", counterAccount: "promotions" },
    startup_grant: { type: "topup", counterAccount: "promotions" },
    voice: { type: "consumption", counterAccount: "usage_revenue" },
    chat: { type: "consumption", counterAccount: "usage_revenue" },
    api: { type: "consumption", counterAccount: "usage_revenue" },
    service: { type: "consumption", counterAccount: "usage_revenue" },
    usage_refund: { type: "refund", counterAccount: "usage_revenue" },
    purchase_refund: { type: "refund", counterAccount: "refunds" },
    adjustment: { type: "adjustment", counterAccount: "adjustments" },
    late_end: { type: "adjustment", counterAccount: "usage_revenue" },
    expiry: { type: "expiry", counterAccount: "expired" },
  };

/** The type and counter account that a kind belongs to. */
export function classOf(kind: TransactionKind): { type: TransactionType; counterAccount: CounterAccount } {
  return CLASSES[kind];
}

export type Actor = {
  readonly type: "user" | "api_key" | "operator" | "system";
  readonly id: string;
  readonly name: string;
};

/** Who caused a change, and from where. The address is sealed (ciphertext): the chain covers what is stored, so
 *  erasing an organization's key leaves its chain verifiable. */
export type Origin = { readonly actor: Actor | null; readonly sealedIp: string | null };

export type Transaction = {
  readonly organizationId: string;
  readonly seq: bigint;
  readonly typeSeq: bigint;
  readonly id: string;
  readonly type: TransactionType;
  readonly kind: TransactionKind;
  readonly counterAccount: CounterAccount;
  /** Signed: what the posting did to the balance. */
  readonly amount: Credits;
  readonly balanceBefore: Credits;
  readonly balanceAfter: Credits;
  readonly description: string;
  readonly sessionId: string | null;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly actor: Actor | null;
  readonly sealedIp: string | null;
  /** Epoch ms: when the usage or payment happened by its reporter's clock, where it said so. */
  readonly occurredAt: number | null;
  /** Epoch ms by the database's clock. */
  readonly recordedAt: number;
  readonly hash: string;
};

/** SHA-256 over the previous hash and every stored field, each with its length before it, hex. */
export function chainHash(previousHash: string, transaction: Omit<Transaction, "hash">): string {
  fields.text(previousHash);
  fields.text(transaction.organizationId);
  fields.integer(transaction.seq);
  fields.integer(transaction.typeSeq);
  fields.text(transaction.id);
  fields.text(transaction.type);
  fields.text(transaction.kind);
  fields.text(transaction.counterAccount);
  fields.integer(transaction.amount);
  fields.integer(transaction.balanceBefore);
  fields.integer(transaction.balanceAfter);
  fields.text(transaction.description);
  fields.text(transaction.sessionId);
  fields.text(canonicalJson(transaction.metadata));
  fields.text(transaction.actor === null ? null : canonicalJson(transaction.actor));
  fields.text(transaction.sealedIp);
  if (transaction.occurredAt === null) fields.text(null);
  else fields.integer(transaction.occurredAt);
  fields.integer(transaction.recordedAt);
  return fields.digest();
}

const fields = createMeasuredFields();

const ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const SEQ_DIGITS = 10;
const ORGANIZATION_DIGITS = 12;

/** The id of an organization's seq-th transaction: time-ordered, unique over all organizations, and it says
 *  where the row lies, so that reading by id needs no index of its own. */
export function transactionId(organizationId: string, seq: bigint): string {
  return `txn_${toBase32(seq).padStart(SEQ_DIGITS, "0")}${organizationDigits(organizationId)}`;
}

/** The sequence that an id names in this organization; null when it is no id of this organization. */
export function seqOfTransactionId(organizationId: string, id: string): bigint | null {
  // Whatever else the text may be, it is not what its own digits would be written as.
  let seq = 0n;
  for (const digit of id.slice(4, 4 + SEQ_DIGITS)) seq = seq * 32n + BigInt(ID_ALPHABET.indexOf(digit));
  return transactionId(organizationId, seq) === id ? seq : null;
}

function toBase32(value: bigint): string {
  let digits = "";
  for (let rest = value; rest > 0n; rest /= 32n) digits = `${ID_ALPHABET[Number(rest % 32n)]}${digits}`;
  return digits;
}

/** Digits of the organizations asked for lately: the digest costs as much as the chain's, and the same ones come again. */
const remembered = new Map<string, string>();
const REMEMBERED_MAX = 50_000;

function organizationDigits(organizationId: string): string {
  const known = remembered.get(organizationId);
  if (known !== undefined) return known;
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  const digits = digitsOf(organizationId);
  remembered.set(organizationId, digits);
  return digits;
}

function digitsOf(organizationId: string): string {
  const digest = digestOf("sha256", organizationId, "buffer");
  return Array.from(digest.subarray(0, ORGANIZATION_DIGITS), (byte) => ID_ALPHABET[byte % 32]).join("");
}
