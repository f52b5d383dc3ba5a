import type { Credits } from "../domain/money/credits.ts";
import type { Actor } from "../domain/policy/organization.ts";
import type { SpendLimit, SpendRule } from "../domain/policy/spend-limit.ts";

/** What an organization's Owner and the operator set about its account. */
export type AccountPolicy = {
  /** How far running sessions may take the balance below zero. The operator's to set: it is credit. */
  readonly graceLimit: Credits;
  readonly lowBalanceThreshold: Credits;
  readonly alertEmails: readonly string[];
  /** Each as it stands now. */
  readonly spendLimits: readonly SpendLimit[];
};

export type AccountPolicyChange = Partial<
  Omit<AccountPolicy, "spendLimits"> & {
    /** In place of all that there are. */
    readonly spendLimits: readonly SpendRule[];
  }
>;

/** Reads and changes the policy of an existing organization. */
export type AccountPolicyStore = {
  readAccountPolicy(organizationId: string): Promise<AccountPolicy>;
  /** Changes the given parts and answers the whole. */
  updateAccountPolicy(
    organizationId: string,
    change: AccountPolicyChange,
    actor: Actor,
  ): Promise<AccountPolicy>;
};
