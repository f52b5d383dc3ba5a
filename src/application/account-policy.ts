import type { Json } from "../domain/ledger/canonical-json.ts";
import type { Credits } from "../domain/money/credits.ts";
import type { Actor } from "../domain/policy/organization.ts";

/** What an organization's Owner and the operator set about its account. */
export type AccountPolicy = {
  /** How far running sessions may take the balance below zero. The operator's to set: it is credit. */
  readonly graceLimit: Credits;
  readonly lowBalanceThreshold: Credits;
  readonly alertEmails: readonly string[];
  readonly spendLimits: Json;
};

/** Reads and changes the policy of an existing organization. */
export type AccountPolicyStore = {
  readAccountPolicy(organizationId: string): Promise<AccountPolicy>;
  /** Changes the given parts and answers the whole. */
  updateAccountPolicy(
    organizationId: string,
    change: Partial<AccountPolicy>,
    actor: Actor,
  ): Promise<AccountPolicy>;
};
