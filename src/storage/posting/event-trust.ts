import { violatedConstraintOf } from "../database.ts";
import type { Outcome, Submission } from "./fold.ts";

/** Whether a batch's events are taken for new ones. Nearly all are, and looking each up costs as much as writing its id
 *  down: the id's unique key finds the repeated one as well. Then the batch is undone and carried out again with the look-up. */
export type EventTrust = {
  /** Asked once for each batch. */
  allows(commands: number): boolean;
  /** An event was not new, or may not have been. Who repeats one often repeats many. */
  lose(): void;
};

export function createEventTrust(): EventTrust {
  let wary = 0;
  return {
    allows(commands) {
      if (wary === 0) return commands >= COMMANDS_MIN;
      wary -= 1;
      return false;
    },
    lose() {
      wary = WARY_BATCHES;
    },
  };
}

/** In small batches the commit costs more than all look-ups, and one that is undone costs two. */
const COMMANDS_MIN = 32;
const WARY_BATCHES = 64;

/** A trusted event may have been a repeated one: its batch is to be carried out again, with the look-up. */
export class EventDoubted extends Error {
  override readonly name = "EventDoubted";
}

/** A charge that is refused, fails or costs nothing writes no id that could collide with that of an earlier one.
 *  @param wasLookedUp whether an organization's events were, all the same. */
export function isDoubtful(
  submissions: readonly Submission[],
  outcomes: readonly Outcome[],
  wasLookedUp: (organizationId: string) => boolean,
): boolean {
  return submissions.some(
    ({ command, organizationId }, index) =>
      command.kind === "charge" && !wasLookedUp(organizationId) && !wouldCollide(outcomes[index]),
  );
}

function wouldCollide(outcome: Outcome | undefined): boolean {
  if (outcome?.kind !== "decided") return outcome?.kind !== "fault";
  const { decision } = outcome;
  return decision.kind === "accepted" && (decision.repeated || decision.transaction !== null);
}

export function isEventRepeated(error: unknown): boolean {
  const violated = violatedConstraintOf(error);
  return error instanceof EventDoubted || (violated !== null && EVENT_KEYS.has(violated));
}

/** Of events that were charged, and of those that cost nothing. */
const EVENT_KEYS = new Set(["transaction_event", "natural_id_pkey"]);
