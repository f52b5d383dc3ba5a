import { describeConfigErrors, readConfig } from "../config.ts";
import { openSigningKey, publicKeyText } from "../storage/checkpoints/signing-key.ts";
import { fail } from "./open-database.ts";

/** Prints the public half of the key that checkpoints are signed with, which is made now where there is none. */
export function printPublicKey(): void {
  const outcome = readConfig(process.env, "command");
  if (outcome.kind === "refused") fail(describeConfigErrors(outcome.errors), 2);
  const { dataDir, checkpoints } = outcome.config;
  process.stdout.write(publicKeyText(openSigningKey({ given: checkpoints.key, dataDir })));
}
