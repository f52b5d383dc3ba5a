import type { Role, Scope } from "./authorization.ts";

/** One person's place in one organization. */
export type Membership = {
  readonly organizationId: string;
  readonly organizationName: string;
  readonly role: Role;
};

/** What an API key lets its bearer do; its secret is known to nobody but them. */
export type KeyCredential = {
  readonly keyId: string;
  readonly name: string;
  readonly organizationId: string;
  readonly scopes: readonly Scope[];
};

/** An API key as its organization sees it. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The first characters of the key, enough to recognise it and useless to an attacker. */
  readonly prefix: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
};

/** A member, or somebody invited who has no account yet (userId is then the invitation's id). */
export type Member = {
  readonly userId: string;
  readonly name: string | null;
  readonly email: string;
  readonly role: Role;
  readonly status: "active" | "invited";
  readonly joinedAt: Date | null;
};

/** Who did something, as the ledger and the audit log record it. */
export type Actor = {
  readonly type: "user" | "api_key" | "operator";
  readonly id: string;
  readonly name: string;
};
