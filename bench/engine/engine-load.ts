import { saturate } from "../load/saturate.ts";
import { createRandom } from "../random.ts";
import type { BenchApplication } from "./application.ts";
import { charge, sessionCommands } from "./commands.ts";

/** Load on the posting port, and count of what it acknowledged. */
export type EngineLoad = {
  /** One-shot charges a second. */
  charges(which: Which, seconds: number): Promise<number>;
  /** Commands of whole sessions a second. */
  sessions(which: Which, seconds: number): Promise<number>;
  /** An organization to load: always the same one, or any. */
  pick(which: Which): string;
  /** Notes a transaction that was acknowledged outside of the two loads. */
  addPosting(): void;
  /** How many transactions have been acknowledged so far. */
  postings(): number;
};

export type Which = "spread" | "hot";

/** Commands in flight: more than the lanes can hold, so that a lane that comes free finds a full batch waiting. */
const WORKERS = 1_000;

export function createEngineLoad(application: BenchApplication): EngineLoad {
  const { organizationIds, post } = application;
  const random = createRandom(3);
  let postings = 0;
  const pick = (which: Which): string => {
    const index = which === "hot" ? 0 : Math.floor(random() * organizationIds.length);
    return organizationIds[index] ?? "";
  };
  const measure = async (
    seconds: number,
    work: (tell: (answers: number) => void) => Promise<void>,
  ): Promise<number> => (await saturate({ workers: WORKERS, seconds, work })).perSecond;
  return {
    charges: (which, seconds) =>
      measure(seconds, async (tell) => {
        await post(pick(which), charge());
        postings += 1;
        tell(1);
      }),
    sessions: (which, seconds) =>
      measure(seconds, async (tell) => {
        const organizationId = pick(which);
        for (const { command } of sessionCommands()) {
          await post(organizationId, command);
          tell(1);
        }
        postings += 1;
      }),
    pick,
    addPosting() {
      postings += 1;
    },
    postings: () => postings,
  };
}
