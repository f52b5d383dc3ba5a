import { isRunning, type Session } from "../charging/session.ts";
import { add, type Credits, greatest, negate, ZERO } from "../money/credits.ts";
import { type Exact, roundUp } from "../money/exact.ts";
import { type AppliedRates, costOf, exactPerStep } from "../pricing/rate-usage.ts";

/** The parts of a session that money depends on. */
export type RatedSession = Pick<
  Session,
  "status" | "usage" | "grant" | "cost" | "charged" | "uncollected" | "held" | "transactionSeq"
>;

/** What the ledger has of a session: the sum of its transactions and the last one's seq, null when there is none. */
export type PostedUsage = { readonly amount: Credits; readonly lastSeq: bigint | null };

/** What a session contradicts: its cost rated anew with the prices it was opened with, its hold against its grant,
 *  what it says was charged against the ledger. Phrases.
 *  @param rates null when the pinned prices do not rate it. @param posted null when the ledger itself is broken there. */
export function sessionProblems(
  session: RatedSession,
  rates: AppliedRates | null,
  posted: PostedUsage | null,
): string[] {
  if (rates === null) return ["can't be rated with the prices it was opened with"];
  const total = costOf(session.usage, rates);
  const problems: string[] = [];
  if (session.cost !== total) problems.push(`cost ${session.cost} is not what its usage costs, ${total}`);
  problems.push(...holdProblems(session, rates), ...chargeProblems(session));
  if (posted !== null && session.charged !== negate(posted.amount))
    problems.push(`charged ${session.charged} is not what its transactions took, ${negate(posted.amount)}`);
  if (posted !== null && session.transactionSeq !== posted.lastSeq)
    problems.push(`transaction_seq ${session.transactionSeq} is not its last transaction, ${posted.lastSeq}`);
  return problems;
}

function chargeProblems({ status, cost, charged, uncollected }: RatedSession): string[] {
  if (status === "settled")
    return cost === add(charged, uncollected) ? [] : ["cost is not charged + uncollected"];
  return charged === 0n && uncollected === 0n ? [] : [`is ${status}, and yet something was charged`];
}

/** A running session holds its grant in full, and beyond it no more than what it has used. */
function holdProblems(session: RatedSession, rates: AppliedRates): string[] {
  const { usage, grant, held, cost } = session;
  if (!isRunning(session)) return held === 0n ? [] : ["holds credits though it has ended"];
  const holdFor = (steps: bigint) => roundUp((exactPerStep(rates) * steps) as Exact);
  const used = usage[rates.measure];
  const least = holdFor(grant.limit);
  const most = greatest(greatest(least, used > grant.limit ? holdFor(used) : ZERO), cost);
  return held >= least && held <= most ? [] : [`held ${held} is not what its grant needs, ${least}`];
}
