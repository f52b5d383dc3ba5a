import type { Role, Scope } from "../domain/policy/authorization.ts";
import type { ApiKey, KeyCredential, Member, Membership } from "../domain/policy/organization.ts";
import type { AuditStore } from "./audit-ports.ts";
import type { MailStore } from "./mail-ports.ts";
import type { WebhookStore } from "./webhook-ports.ts";

/** What recognising a caller needs from storage. */
export type CredentialReader = {
  /** The live key with this SHA-256; null when unknown or revoked. Notes, at most once a minute, that it was used. */
  findKeyByHash(hash: Buffer): Promise<KeyCredential | null>;
  /** The same for many at once; those that are unknown or revoked are left out. */
  findKeysByHash(hashes: readonly Buffer[]): Promise<readonly FoundKey[]>;
  /** Who is signed in with this session token, with every organization of theirs, the earliest joined first; null
   *  when the session is unknown or over. */
  findSession(token: string): Promise<SignedInPerson | null>;
  organizationExists(organizationId: string): Promise<boolean>;
};

export type FoundKey = { readonly hash: Buffer; readonly credential: KeyCredential };

export type SignedInPerson = {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly activeOrganizationId: string | null;
  readonly memberships: readonly Membership[];
};

/** What changing organizations, members and keys needs from storage. All calls of one store are one transaction
 *  when the store came from `AnswerStore.answerOnce`. */
export type IdentityStore = {
  insertOrganization(organization: { id: string; name: string; ownerId: string }): Promise<void>;

  listMembers(organizationId: string): Promise<readonly Member[]>;
  /** Locks the organization's members against concurrent changes; the one named (by user or invitation), or null. */
  lockMember(organizationId: string, userId: string): Promise<Member | null>;
  findAccountByEmail(email: string): Promise<{ userId: string; name: string } | null>;
  insertMember(member: { organizationId: string; userId: string; role: Role }): Promise<void>;
  /** Invites the address for 14 days, or renews the invitation it has. */
  upsertInvitation(invitation: InvitationDraft): Promise<Member>;
  /** False when there is no such member or invitation. */
  updateRole(organizationId: string, userId: string, role: Role): Promise<boolean>;
  deleteMember(organizationId: string, userId: string): Promise<boolean>;

  listApiKeys(organizationId: string): Promise<readonly ApiKey[]>;
  insertApiKey(key: ApiKeyDraft): Promise<ApiKey>;
  /** The hash of the revoked key, to drop it from caches; null when the organization has no such live key. */
  revokeApiKey(organizationId: string, keyId: string): Promise<{ readonly hash: Buffer } | null>;
};

export type InvitationDraft = {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  readonly inviterId: string | null;
};

export type ApiKeyDraft = {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly prefix: string;
  readonly hash: Buffer;
  readonly createdBy: string;
};

/** An answer as it was sent, kept so that a repeated request gets the same bytes. */
export type StoredAnswer = {
  readonly status: number;
  readonly body: string;
  readonly isReplayed: boolean;
};

/** What a change outside the ledger may write to, all of it or nothing. */
export type ChangeStore = IdentityStore & WebhookStore & MailStore & AuditStore;

/** Runs a change at most once for each (scope, key). */
export type AnswerStore = {
  /** Runs `work` in one transaction with the record of its answer, or returns the answer recorded before. Others
   *  with the same key wait. An answer that is not a success undoes the work and is not recorded.
   *  Refuses "idempotency_key_reused" when the fingerprint differs. */
  answerOnce(
    request: { readonly scope: string; readonly key: string; readonly fingerprint: string },
    work: (store: ChangeStore) => Promise<{ readonly status: number; readonly body: string }>,
  ): Promise<StoredAnswer | { readonly kind: "idempotency_key_reused" }>;
  /** Runs `work` in one transaction that commits only when its answer is a success. */
  answer(
    work: (store: ChangeStore) => Promise<{ readonly status: number; readonly body: string }>,
  ): Promise<StoredAnswer>;
};
