import { describeConfigErrors, readConfig } from "../config.ts";
import { openSigningKey, publicKeyText } from "../storage/checkpoints/signing-key.ts";
import { createCredentialReader } from "../storage/identity/credentials.ts";
import { destroyDataKeys, rotateDataKey, wrappingKeyOf } from "../storage/organization-keys.ts";
import { fail, rootKeyOf, withDatabase } from "./open-database.ts";

/** Prints the public half of the key that checkpoints are signed with, which is made now where there is none. */
export function printPublicKey(): void {
  const outcome = readConfig(process.env, "command");
  if (outcome.kind === "refused") fail(describeConfigErrors(outcome.errors), 2);
  const { dataDir, checkpoints } = outcome.config;
  process.stdout.write(publicKeyText(openSigningKey({ given: checkpoints.key, dataDir })));
}

/** Gives an organization a new data key. */
export async function rotateKey(options: { org: string }): Promise<void> {
  await withDatabase(async (database) => {
    const wrappingKey = wrappingKeyOf(await rootKeyOf(database));
    const version = await rotateDataKey(database.pool, options.org, wrappingKey);
    if (version === "unknown") fail(`There is no key of ${options.org}.`, 2);
    if (version === "erased") fail(`The key of ${options.org} was destroyed.`);
    console.log(
      `${options.org} has key ${version}. What is sealed from now on is sealed with it, within a minute.`,
    );
  });
}

/** Destroys an organization's keys, and with them its personal data and content. The ledger stays, and verifies. */
export async function erase(options: { org: string; yes?: boolean }): Promise<void> {
  if (options.yes !== true) fail("This can't be undone. Say --yes when it is meant.", 2);
  await withDatabase(async ({ pool }) => {
    const isKnown = await createCredentialReader(pool).organizationExists(options.org);
    if (!isKnown) fail(`There is no organization ${options.org}.`, 2);
    await destroyDataKeys(pool, options.org);
    console.log(`The keys of ${options.org} are destroyed. Running services forget them within a minute.`);
  });
}
