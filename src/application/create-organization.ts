import type { IdentityStore } from "./identity-ports.ts";

/** Makes an organization with its Owner. Its account, with the welcome credit, is opened after this is committed, and
 *  again on first use, by whoever opens accounts: that is repeatable, so a crash in between loses nothing. */
export async function createOrganization(
  store: Pick<IdentityStore, "insertOrganization">,
  { name, ownerId, newId }: { name: string; ownerId: string; newId: (prefix: string) => string },
): Promise<{ readonly id: string; readonly name: string }> {
  const id = newId("org");
  await store.insertOrganization({ id, name, ownerId });
  return { id, name };
}

/** Opens the organization's account and grants the welcome credit, once however often it is called. */
export type OpenAccount = (organizationId: string) => Promise<void>;
