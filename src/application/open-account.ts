import type { AccountPolicy } from "../domain/ledger/account.ts";
import type { Credits } from "../domain/money/credits.ts";
import { WELCOME_CREDIT_ID } from "./add-credit.ts";
import type { MoneyPorts } from "./ports.ts";

/** Opens an organization's account and grants the welcome credit, once however often and concurrently it is called.
 *  @param welcomeCredit 0 grants none. Source: brief.md, Transactions. */
export function createOpenAccount(
  ports: Pick<MoneyPorts, "insertAccount" | "submit">,
  settings: { readonly policy: AccountPolicy; readonly welcomeCredit: Credits },
): (organizationId: string) => Promise<void> {
  return async (organizationId) => {
    await ports.insertAccount(organizationId, settings.policy);
    if (settings.welcomeCredit === 0n) return;
    await ports.submit({
      organizationId,
      command: {
        kind: "add_credit",
        creditId: WELCOME_CREDIT_ID,
        creditKind: "welcome",
        amount: settings.welcomeCredit,
        description: null,
        reason: null,
        // One welcome credit an organization, whatever the amount was when it was granted.
        fingerprint: "welcome",
        origin: { actor: { type: "system", id: "welcome", name: "Airtime" }, sealedIp: null },
      },
    });
  };
}
