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

/** A charge that is refused, or fails, writes no id that could be found to be there already. */
export function isDoubtful(submissions: readonly Submission[], outcomes: readonly Outcome[]): boolean {
  return outcomes.some((outcome, index) => {
    if (submissions[index]?.command.kind !== "charge") return false;
    return outcome.kind === "fault" || (outcome.kind === "decided" && outcome.decision.kind === "refused");
  });
}

export function isEventRepeated(error: unknown): boolean {
  return error instanceof EventDoubted || violatedConstraintOf(error) === "natural_id_pkey";
}
