import type { Accepted, Command, Context, Decision } from "../../domain/charging/command.ts";
import { decide } from "../../domain/charging/decide.ts";
import { dependsOnBalance } from "../../domain/ledger/refusal.ts";
import type { Statement } from "./save.ts";
import {
  apply,
  type Changes,
  factsFor,
  noChanges,
  type StoredAnswer,
  type WorkingSet,
  within,
} from "./working-set.ts";

/** A command on its way through the engine. */
export type Submission = {
  readonly organizationId: string;
  readonly command: Command;
  /** Stores the answer in the command's own transaction, and gives it again to the same key and body. */
  readonly idempotency?: {
    readonly key: string;
    readonly fingerprint: string;
    readonly answer: (
      decision: Decision,
      context: Context,
    ) => { readonly status: number; readonly body: string };
  };
  /** Statements that commit together with the command, once it is accepted. */
  readonly alongside?: (accepted: Accepted) => readonly Statement[];
};

/** What became of a submission. `account_missing`: the organization has no account yet. */
export type Outcome =
  | { readonly kind: "decided"; readonly decision: Decision; readonly context: Context }
  | { readonly kind: "replayed"; readonly status: number; readonly body: string }
  | { readonly kind: "account_missing" }
  | { readonly kind: "fault"; readonly error: unknown };

export type Folded = {
  readonly outcomes: readonly Outcome[];
  readonly changes: Changes;
  readonly alongside: readonly Statement[];
};

/** Decides a batch in arrival order. A refused command, and one whose decision fails, leaves its neighbours alone. */
export function fold(set: WorkingSet, submissions: readonly Submission[], context: Context): Folded {
  const changes = noChanges();
  const alongside: Statement[] = [];
  const outcomes = submissions.map((submission): Outcome => {
    try {
      return decideOne(set, changes, alongside, submission, context);
    } catch (error) {
      return { kind: "fault", error };
    }
  });
  return { outcomes, changes, alongside };
}

function decideOne(
  set: WorkingSet,
  changes: Changes,
  alongside: Statement[],
  submission: Submission,
  context: Context,
): Outcome {
  const { organizationId, command, idempotency } = submission;
  const stored = idempotency && set.answers.get(within(organizationId, idempotency.key));
  if (idempotency && stored) return repeat(idempotency, stored, context);
  const facts = factsFor(set, organizationId, command);
  if (facts === null) return { kind: "account_missing" };
  // The database's clock may jump back; an account's time does not.
  const at = Math.max(context.now, facts.account.updatedAt);
  const decided = { ...context, now: at };
  const decision = decide(facts, command, decided);
  // Whatever may fail is done before the first change, so that a fault leaves nothing of this command behind.
  const answer = idempotency && {
    fingerprint: idempotency.fingerprint,
    ...idempotency.answer(decision, decided),
  };
  const beside = decision.kind === "accepted" ? (submission.alongside?.(decision) ?? []) : [];
  if (decision.kind === "accepted") apply(set, changes, facts, command, decision, at);
  alongside.push(...beside);
  if (idempotency && answer && !(decision.kind === "refused" && dependsOnBalance(decision.refusal))) {
    set.answers.set(within(organizationId, idempotency.key), answer);
    changes.answers.push({ organizationId, key: idempotency.key, answer });
  }
  return { kind: "decided", decision, context: decided };
}

function repeat(idempotency: { fingerprint: string }, stored: StoredAnswer, context: Context): Outcome {
  if (stored.fingerprint === idempotency.fingerprint) {
    return { kind: "replayed", status: stored.status, body: stored.body };
  }
  const decision: Decision = { kind: "refused", refusal: { kind: "idempotency_key_reused" } };
  return { kind: "decided", decision, context };
}
