import type { BenchApplication } from "../engine/application.ts";
import { type SessionStep, sessionCommands } from "../engine/commands.ts";
import type { EngineLoad } from "../engine/engine-load.ts";
import type { Arrival } from "../load/open-loop.ts";
import { poissonSchedule } from "../load/schedule.ts";

/** Time between the steps of a call. Real ones are a minute apart; what matters to the engine is the mix. */
const STEP_MS = 300;
/** From then on as many calls end as start. */
export const RAMP_MS = 3 * STEP_MS;

/** Calls that start at times of their own over many organizations, each with its four steps at their times. A step that
 *  is due before the one before it was answered waits for it, as a runtime would, and its waiting counts. */
export function sessionArrivals(
  application: BenchApplication,
  load: EngineLoad,
  offered: { readonly commandsPerSecond: number; readonly seconds: number; readonly seed: number },
): Arrival<SessionStep>[] {
  const starts = poissonSchedule({
    perSecond: offered.commandsPerSecond / sessionCommands().length,
    seconds: offered.seconds,
    seed: offered.seed,
  });
  const arrivals: Arrival<SessionStep>[] = [];
  for (const startMs of starts) arrivals.push(...stepsOfCall(application, load, startMs));
  return arrivals.sort((one, other) => one.dueMs - other.dueMs);
}

function stepsOfCall(
  application: BenchApplication,
  load: EngineLoad,
  startMs: number,
): Arrival<SessionStep>[] {
  const organizationId = load.pick("spread");
  let before: Promise<unknown> = Promise.resolve();
  return sessionCommands().map(({ step, command }, index) => ({
    dueMs: startMs + index * STEP_MS,
    kind: step,
    send: () => {
      const sent = before.then(async () => {
        await application.post(organizationId, command);
        if (step === "end") load.addPosting();
        return true;
      });
      before = sent;
      return sent;
    },
  }));
}
