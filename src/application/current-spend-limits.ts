import type { Account } from "../domain/ledger/account.ts";
import { limitAt, type SpendLimit } from "../domain/policy/spend-limit.ts";

/** The spend limits of an account, each as it stands now. Reads nothing where there are none. */
export type CurrentSpendLimits = (account: Account) => Promise<readonly SpendLimit[]>;

export function createCurrentSpendLimits(ports: {
  readonly findSpendLimits: (organizationId: string) => Promise<readonly SpendLimit[]>;
  /** Epoch ms, by the clock that charging goes by. */
  readonly now: () => Promise<number>;
}): CurrentSpendLimits {
  return async (account) => {
    if (!account.hasSpendLimits) return [];
    const limits = await ports.findSpendLimits(account.organizationId);
    // An account's time never goes back, whatever the clock says.
    const now = Math.max(await ports.now(), account.updatedAt);
    return limits.map((limit) => limitAt(limit, now));
  };
}
