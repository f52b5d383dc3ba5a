import { creditCommand } from "../application/add-credit.ts";
import { createApiKey } from "../application/api-keys.ts";
import { creditsToNumber, parseCredits } from "../domain/money/credits.ts";
import type { Scope } from "../domain/policy/authorization.ts";
import { createCredentialReader } from "../storage/identity/credentials.ts";
import { newId } from "../storage/identity/new-id.ts";
import { createIdentityStore } from "../storage/identity/store.ts";
import { wireMoney } from "../wiring/money.ts";
import { auditCommand } from "./audit-command.ts";
import { type CommandDatabase, fail, withDatabase } from "./open-database.ts";

const KINDS = ["manual_grant", "startup_grant", "adjustment"] as const;
const SCOPES: readonly Scope[] = ["charge", "read", "admin"];

type Grant = { org: string; amount: string; reason: string; kind: string; id?: string };

/** Grants credits through the same engine as everything else. */
export async function grant(options: Grant): Promise<void> {
  const amount = parseCredits(options.amount);
  const kind = KINDS.find((candidate) => candidate === options.kind);
  if (amount === null) fail(`${options.amount} is not an amount with at most 4 decimals.`, 2);
  if (kind === undefined) fail(`The kind is one of ${KINDS.join(", ")}.`, 2);
  if (amount === 0n || (amount < 0n && kind !== "adjustment")) fail("A grant is above 0.", 2);
  await withDatabase(async (database) => {
    await requireOrganization(database, options.org);
    // No address is sealed here, so any key will do.
    const money = await wireMoney({ ...database, secretKey: database.config.secretKey ?? "" });
    try {
      const posted = await money.postCommand({
        organizationId: options.org,
        requester: { actor: { type: "operator", id: "cli", name: "Command line" }, ip: null },
        command: creditCommand({
          creditId: options.id ?? newId("crd"),
          kind,
          amount,
          description: null,
          reason: options.reason,
          transactionId: null,
        }),
      });
      if (posted.kind !== "decided") throw new Error("a command without a key was replayed");
      if (posted.decision.kind === "refused") fail(`Refused: ${posted.decision.refusal.kind}.`);
      const { transaction, account, repeated } = posted.decision;
      if (!repeated && transaction !== null)
        await auditCommand(database.pool, {
          organizationId: options.org,
          action: "grant_credits",
          operation: "airtime grant",
          subject: transaction.id,
        });
      const balance = creditsToNumber(account.balance);
      console.log(`${repeated ? "Granted before" : "Granted"}: ${transaction?.id}, balance ${balance}.`);
    } finally {
      await money.engine.stop();
    }
  });
}

type KeyOptions = { org: string; name: string; scopes: string };

/** Makes an API key and prints it, the only time it can be seen. */
export async function makeKey(options: KeyOptions): Promise<void> {
  const scopes = options.scopes.split(",").map((name) => name.trim());
  const known = SCOPES.filter((scope) => scopes.includes(scope));
  if (known.length !== scopes.length) fail(`Scopes are ${SCOPES.join(", ")}.`, 2);
  await withDatabase(async (database) => {
    await requireOrganization(database, options.org);
    const { key, apiKey } = await createApiKey(createIdentityStore(database.pool), {
      organizationId: options.org,
      name: options.name,
      scopes: known,
      createdBy: "cli",
      mode: database.config.demo ? "test" : "live",
      newId,
    });
    await auditCommand(database.pool, {
      organizationId: options.org,
      action: "manage_api_keys",
      operation: "airtime keys create",
      subject: apiKey.id,
    });
    console.log(`${apiKey.id} ${key}`);
  });
}

async function requireOrganization({ pool }: CommandDatabase, organizationId: string): Promise<void> {
  if (await createCredentialReader(pool).organizationExists(organizationId)) return;
  fail(`There is no organization ${organizationId}.`, 2);
}
