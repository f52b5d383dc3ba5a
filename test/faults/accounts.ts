import { bearer, type Client, clientOf, keyOf, organizationOf, signUp } from "../http/api-client.ts";
import { OPERATOR_KEY, type ServiceProcess } from "../setup/service-process.ts";

/** An organization as its runtime and the operator reach it through one service. */
export type Account = { readonly id: string; readonly runtime: Client; readonly operator: Client };

/** Three organizations, one of which soon runs out, each as it is reached through each of the services. */
export async function openAccounts(services: readonly ServiceProcess[]): Promise<Account[][]> {
  const [first] = services;
  if (first === undefined) throw new Error("no service runs");
  const owner = await signUp(first.url, "Olivia");
  const opened = await Promise.all(
    [1_000_000, 1_000_000, 1].map(async (amount, index) => {
      const id = await organizationOf(owner, `Organization ${index}`);
      const { key } = await keyOf(owner, first.url, id, ["charge"]);
      const grant = {
        organization_id: id,
        credit_id: "start",
        kind: "manual_grant",
        amount,
        reason: "the start",
      };
      await clientOf(first.url, bearer(OPERATOR_KEY)).post("/api/billing/credits", grant);
      return { id, key };
    }),
  );
  return services.map(({ url }) =>
    opened.map(({ id, key }) => ({
      id,
      runtime: clientOf(url, bearer(key)),
      operator: clientOf(url, bearer(OPERATOR_KEY)),
    })),
  );
}
