import type { Logger } from "pino";

/** Runs a task again and again with a pause in between; a run that fails is logged and the next one comes all the same.
 *  Runs never overlap. `stop` waits for the one under way. */
export function schedule(
  name: string,
  everyMs: number,
  task: () => Promise<unknown>,
  log: Pick<Logger, "warn">,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const run = async () => {
    try {
      await task();
    } catch (error) {
      log.warn({ err: error, job: name }, "a scheduled job failed; it will run again");
    }
    if (!stopped) timer = setTimeout(start, everyMs);
  };
  const start = () => {
    running = run();
  };
  timer = setTimeout(start, everyMs);

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
