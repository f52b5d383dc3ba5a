import { createMeasuredFields } from "../ledger/measured-fields.ts";
import type { Action } from "../policy/authorization.ts";

/** The audit log's entries: append-only, dense per organization, chained by hash like the ledger's. What may identify a
 *  person or tell what they wrote is sealed; the chain covers the ciphertext, so that erasing an organization's key
 *  leaves its log verifiable. */
export type AuditEvent = AuditFacts & {
  readonly organizationId: string;
  readonly seq: bigint;
  readonly id: string;
  /** Epoch ms by the database's clock: when it was written down. */
  readonly recordedAt: number;
  /** Ciphertext of AuditDetails; null where nothing had to be sealed. */
  readonly sealed: string | null;
  readonly hash: string;
};

/** What everybody who may see the row may know of it, also after the organization's key is destroyed. */
export type AuditFacts = {
  readonly actor: AuditActor;
  readonly action: AuditAction;
  /** The route or command, such as "POST /api/organizations/:id/api-keys"; null for reads that are counted together. */
  readonly operation: string | null;
  /** The id of what was changed. */
  readonly subject: string | null;
  /** "ok", or the code of the refusal. */
  readonly result: string;
  /** More than 1 for reads that are counted together. */
  readonly count: number;
  /** Epoch ms: when it happened, the first of several. */
  readonly occurredAt: number;
  /** Epoch ms: the last of several. */
  readonly lastAt: number;
};

/** What is sealed with the organization's key. */
export type AuditDetails = {
  readonly actorName: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** Parts of what was changed, as they were and as they became, without secrets. */
  readonly before?: AuditObject;
  readonly after?: AuditObject;
  /** What was asked for, where it was refused. */
  readonly input?: AuditObject;
  /** How often each route was read. */
  readonly operations?: Readonly<Record<string, number>>;
};

export type AuditObject = { readonly [field: string]: unknown };

/** Anonymous: somebody who showed no valid credentials. System: the service by itself. */
export type AuditActor = {
  readonly type: "user" | "api_key" | "operator" | "system" | "anonymous";
  readonly id: string | null;
};

/** What the authorization table knows, and what comes before anybody is known. */
export type AuditAction =
  | Action
  | "sign_in"
  | "sign_up"
  | "sign_out"
  | "change_password"
  | "change_profile"
  | "authenticate"
  | "receive_payment_event";

/** Where that is written down which is no organization's: failed sign-ins of unknown people, prices for everybody. */
export const PLATFORM = "platform";

/** SHA-256 over the previous hash and every stored field, each with its length before it, hex. */
export function auditHash(previousHash: string, event: Omit<AuditEvent, "hash">): string {
  fields.text(previousHash);
  fields.text(event.organizationId);
  fields.integer(event.seq);
  fields.text(event.id);
  fields.integer(event.recordedAt);
  fields.integer(event.occurredAt);
  fields.integer(event.lastAt);
  fields.text(event.actor.type);
  fields.text(event.actor.id);
  fields.text(event.action);
  fields.text(event.operation);
  fields.text(event.subject);
  fields.text(event.result);
  fields.integer(event.count);
  fields.text(event.sealed);
  return fields.digest();
}

const fields = createMeasuredFields();
