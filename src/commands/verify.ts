import { type VerifyProgress, verifyLedger } from "../application/verify-ledger.ts";
import { creditsToNumber } from "../domain/money/credits.ts";
import type { OnProblem } from "../domain/verification/problem.ts";
import { verifyRange } from "../storage/verify/verify-range.ts";
import { fail, withDatabase } from "./open-database.ts";
import { compareWithCheckpoints } from "./verify-checkpoints.ts";

/** Recomputes the books, and compares them with checkpoints. Exit code 1 when a row differs, 2 when the organization is
 *  unknown. */
export async function verify(options: {
  org?: string;
  progress?: boolean;
  checkpoints?: string;
  publicKey?: string;
}): Promise<void> {
  await withDatabase(async (database) => {
    const { pool } = database;
    const onProblem: OnProblem = (problem) => console.error(`PROBLEM ${JSON.stringify(problem)}`);
    const result = await verifyLedger(
      { verifyRange: (wanted, watcher) => verifyRange(pool, wanted, watcher) },
      {
        ...(options.org === undefined ? {} : { organizationId: options.org }),
        onProblem,
        onProgress: progressTo(process.stderr, options.progress ?? false),
      },
    );
    if (result.kind === "organization_unknown") fail(`There is no organization ${result.organizationId}.`, 2);
    const { organizations, transactions, problemCount, balances } = result;
    console.log(
      `${organizations} organizations, ${transactions} transactions, balances ${creditsToNumber(balances)}: ` +
        (problemCount === 0 ? "the books are right." : `${problemCount} problems.`),
    );
    const { checkpoints } = options;
    const since =
      checkpoints === undefined
        ? 0
        : await compareWithCheckpoints(database, { ...options, checkpoints }, onProblem);
    if (problemCount + since > 0) process.exitCode = 1;
  });
}

/** On a terminal one line that is written over, at most five times a second; elsewhere a line at a time, where it is
 *  asked for. */
function progressTo(stream: NodeJS.WriteStream, isWanted: boolean): (progress: VerifyProgress) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return ({ organizations, transactions }) => {
    if (!(isWanted || stream.isTTY) || performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    const text = `${organizations} organizations, ${transactions} transactions`;
    stream.write(stream.isTTY ? `\r${text} ` : `${text}\n`);
  };
}

const TOLD_EVERY_MS = 200;
