import type { Command, CountedSpending } from "../domain/charging/command.ts";
import type { Account } from "../domain/ledger/account.ts";
import type { SpendKey } from "../domain/policy/spend-limit.ts";
import type { AccountPolicyStore } from "./account-policy.ts";
import type { CurrentSpendLimits } from "./current-spend-limits.ts";
import type { PostCommand } from "./post-command.ts";

/** Reads and changes an organization's policy. What bounds its balance and its spending goes through the posting engine
 *  like any other change of the account; the rest is plain settings. */
export function createAccountPolicies(ports: {
  readonly accountOf: (organizationId: string) => Promise<Account>;
  readonly postCommand: PostCommand;
  readonly currentSpendLimits: CurrentSpendLimits;
  /** What was used so far under these keys, in the periods of now. */
  readonly countSpending: (organizationId: string, keys: readonly SpendKey[]) => Promise<CountedSpending>;
  readonly readAlertEmails: (organizationId: string) => Promise<readonly string[]>;
  readonly writeAlertEmails: (organizationId: string, alertEmails: readonly string[]) => Promise<void>;
}): AccountPolicyStore {
  const readAccountPolicy: AccountPolicyStore["readAccountPolicy"] = async (organizationId) => {
    const account = await ports.accountOf(organizationId);
    const [spendLimits, alertEmails] = await Promise.all([
      ports.currentSpendLimits(account),
      ports.readAlertEmails(organizationId),
    ]);
    return {
      graceLimit: account.graceLimitSet,
      lowBalanceThreshold: account.lowBalanceThreshold,
      alertEmails,
      spendLimits,
    };
  };
  return {
    readAccountPolicy,
    async updateAccountPolicy(organizationId, change, actor) {
      const { alertEmails, spendLimits, ...policy } = change;
      const commands: Command[] = [];
      if (Object.keys(policy).length > 0) commands.push({ kind: "set_policy", policy });
      if (spendLimits !== undefined) {
        // Opens the account of an organization that has none yet.
        await ports.accountOf(organizationId);
        const counted = await ports.countSpending(organizationId, spendLimits);
        commands.push({ kind: "set_spend_limits", rules: spendLimits, counted });
      }
      for (const command of commands) {
        const requester = { actor, ip: null };
        await ports.postCommand({ organizationId, requester, command: () => command });
      }
      if (alertEmails !== undefined) await ports.writeAlertEmails(organizationId, alertEmails);
      return readAccountPolicy(organizationId);
    },
  };
}
