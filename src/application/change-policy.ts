import type { Account } from "../domain/ledger/account.ts";
import type { Json } from "../domain/ledger/canonical-json.ts";
import type { AccountPolicyStore } from "./account-policy.ts";
import type { PostCommand } from "./post-command.ts";

type Settings = { readonly alertEmails: readonly string[]; readonly spendLimits: Json };

/** Reads and changes an organization's policy. What bounds its balance goes through the posting engine like any other
 *  change of the account; the rest is plain settings. */
export function createAccountPolicies(ports: {
  readonly accountOf: (organizationId: string) => Promise<Account>;
  readonly postCommand: PostCommand;
  readonly readSettings: (organizationId: string) => Promise<Settings>;
  readonly writeSettings: (organizationId: string, change: Partial<Settings>) => Promise<void>;
}): AccountPolicyStore {
  const readAccountPolicy: AccountPolicyStore["readAccountPolicy"] = async (organizationId) => {
    const [account, settings] = await Promise.all([
      ports.accountOf(organizationId),
      ports.readSettings(organizationId),
    ]);
    return {
      graceLimit: account.graceLimitSet,
      lowBalanceThreshold: account.lowBalanceThreshold,
      ...settings,
    };
  };
  return {
    readAccountPolicy,
    async updateAccountPolicy(organizationId, change, actor) {
      const { alertEmails, spendLimits, ...policy } = change;
      if (Object.keys(policy).length > 0) {
        await ports.postCommand({
          organizationId,
          requester: { actor, ip: null },
          command: () => ({ kind: "set_policy", policy }),
        });
      }
      const settings = {
        ...(alertEmails === undefined ? {} : { alertEmails }),
        ...(spendLimits === undefined ? {} : { spendLimits }),
      };
      if (Object.keys(settings).length > 0) await ports.writeSettings(organizationId, settings);
      return readAccountPolicy(organizationId);
    },
  };
}
