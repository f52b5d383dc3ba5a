import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { verifyCheckpoints } from "../application/verify-checkpoints.ts";
import type { OnProblem } from "../domain/verification/problem.ts";
import { findChainPoints } from "../storage/checkpoints/chain-heads.ts";
import { createCheckpointDirectory } from "../storage/checkpoints/checkpoint-directory.ts";
import { createSignatureCheck, findSigningKey } from "../storage/checkpoints/signing-key.ts";
import { type CommandDatabase, fail } from "./open-database.ts";

/** Compares the ledger with a directory of checkpoints and says what came of it. @returns how many problems there were. */
export async function compareWithCheckpoints(
  { pool, config }: CommandDatabase,
  options: { readonly org?: string; readonly checkpoints: string; readonly publicKey?: string },
  onProblem: OnProblem,
): Promise<number> {
  if (!statSync(options.checkpoints, { throwIfNoEntry: false })?.isDirectory())
    fail(`There is no directory ${options.checkpoints}.`, 2);
  const keys = trustedKeys(config, options.publicKey);
  const { checkpoints, heads, fileProblems, problemCount } = await verifyCheckpoints(
    {
      ...createCheckpointDirectory(options.checkpoints),
      findPoints: (wanted) => findChainPoints(pool, wanted),
      isSignedBy: createSignatureCheck(keys),
    },
    { ...(options.org === undefined ? {} : { only: options.org }), onProblem },
  );
  for (const { name, problem } of fileProblems)
    console.error(`PROBLEM ${JSON.stringify({ file: name, problem })}`);
  const problems = problemCount + fileProblems.length;
  console.log(
    `${checkpoints} checkpoints, ${heads} heads: ` +
      (problems === 0 ? "history was only appended since they were signed." : `${problems} problems.`),
  );
  // Nothing to compare with proves nothing, and must not look as if it did.
  if (checkpoints + fileProblems.length === 0) fail(`There is no checkpoint in ${options.checkpoints}.`);
  return problems;
}

function trustedKeys(
  { dataDir, checkpoints }: CommandDatabase["config"],
  publicKey: string | undefined,
): readonly KeyObject[] {
  if (publicKey !== undefined) return [createPublicKey(readFileSync(publicKey))];
  const own = findSigningKey({ given: checkpoints.key, dataDir });
  if (own === null) fail("There is no key to verify checkpoints with: name one by --public-key.", 2);
  return [own];
}
