import type { CounterAccount } from "../domain/ledger/transaction.ts";
import { add, type Credits, ZERO } from "../domain/money/credits.ts";
import type { OnProblem, Problem } from "../domain/verification/problem.ts";

/** What verification needs from outside; storage/verify implements it. */
export type VerifyPorts = {
  /** Verifies one organization, or the next ones after an id (the empty text comes first), in one snapshot.
   *  Null when there is nothing, or nothing left. */
  verifyRange(
    wanted: { readonly only: string } | { readonly after: string },
    watcher: { readonly onProblem: OnProblem; readonly onProgress: (transactions: number) => void },
  ): Promise<{
    readonly last: string;
    readonly organizations: number;
    readonly transactions: number;
    readonly balances: Credits;
    readonly counterAccounts: ReadonlyMap<CounterAccount, Credits>;
  } | null>;
};

export type VerifyProgress = { readonly organizations: number; readonly transactions: number };

export type Verification =
  | {
      readonly kind: "verified";
      readonly organizations: number;
      readonly transactions: number;
      /** The first of them, PROBLEMS_KEPT at most; `onProblem` is told of every one. */
      readonly problems: readonly Problem[];
      readonly problemCount: number;
      /** Both sides of the books. Over all organizations they sum to 0, or `problems` says which account differs. */
      readonly balances: Credits;
      readonly counterAccounts: ReadonlyMap<CounterAccount, Credits>;
    }
  | { readonly kind: "organization_unknown"; readonly organizationId: string };

/** However broken the books are, memory stays bounded. */
export const PROBLEMS_KEPT = 1_000;

/** Recomputes what is stored from the ledger up: sequences, hash chain, balances, totals, holds, session costs, double
 *  entry. Reads only, in a snapshot per group of organizations, so it may run under load.
 *  Source: contract.md, Commands (`verify`). */
export async function verifyLedger(
  ports: VerifyPorts,
  options: {
    readonly organizationId?: string;
    readonly onProblem?: OnProblem;
    /** Told again and again. */
    readonly onProgress?: (progress: VerifyProgress) => void;
  } = {},
): Promise<Verification> {
  const problems: Problem[] = [];
  let problemCount = 0;
  const onProblem: OnProblem = (problem) => {
    problemCount += 1;
    if (problems.length < PROBLEMS_KEPT) problems.push(problem);
    options.onProblem?.(problem);
  };
  const sums = { organizations: 0, transactions: 0, balances: ZERO };
  const counterAccounts = new Map<CounterAccount, Credits>();
  const { organizationId } = options;
  let looked = 0;
  const onProgress = (transactions: number) => {
    looked += transactions;
    options.onProgress?.({ organizations: sums.organizations, transactions: looked });
  };
  let wanted: { only: string } | { after: string } =
    organizationId === undefined ? { after: "" } : { only: organizationId };
  for (;;) {
    const range = await ports.verifyRange(wanted, { onProblem, onProgress });
    if (range === null && organizationId !== undefined)
      return { kind: "organization_unknown", organizationId };
    if (range === null) break;
    sums.organizations += range.organizations;
    sums.transactions += range.transactions;
    sums.balances = add(sums.balances, range.balances);
    for (const [name, amount] of range.counterAccounts)
      counterAccounts.set(name, add(counterAccounts.get(name) ?? ZERO, amount));
    if (organizationId !== undefined) break;
    wanted = { after: range.last };
  }
  return { kind: "verified", ...sums, problems, problemCount, counterAccounts };
}
