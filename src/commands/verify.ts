import { verifyLedger } from "../application/verify-ledger.ts";
import { creditsToNumber } from "../domain/money/credits.ts";
import { verifyRange } from "../storage/verify/verify-range.ts";
import { fail, withDatabase } from "./open-database.ts";

/** Recomputes the books. Exit code 1 when a row differs, 2 when the organization is unknown. */
export async function verify(options: { org?: string }): Promise<void> {
  await withDatabase(async ({ pool }) => {
    const result = await verifyLedger(
      { verifyRange: (wanted, onProblem) => verifyRange(pool, wanted, onProblem) },
      {
        ...(options.org === undefined ? {} : { organizationId: options.org }),
        onProblem: (problem) => console.error(`PROBLEM ${JSON.stringify(problem)}`),
        onProgress: ({ organizations, transactions }) => {
          if (process.stderr.isTTY)
            process.stderr.write(`\r${organizations} organizations, ${transactions} transactions `);
        },
      },
    );
    if (result.kind === "organization_unknown") fail(`There is no organization ${result.organizationId}.`, 2);
    const { organizations, transactions, problemCount, balances } = result;
    console.log(
      `${organizations} organizations, ${transactions} transactions, balances ${creditsToNumber(balances)}: ` +
        (problemCount === 0 ? "the books are right." : `${problemCount} problems.`),
    );
    if (problemCount > 0) process.exitCode = 1;
  });
}
