/** A peak: how much was answered a second while everybody asked again as soon as they had their answer. */
export type Peak = {
  readonly perSecond: number;
  /** Everything that was answered, what came after the measured time included: for the audit. */
  readonly answered: number;
};

/** Runs workers for a while. @param work what one worker does again and again; it tells each answer it gets.
 *  A rejection ends the run: a peak with failures in it is none. */
export async function saturate(load: {
  readonly workers: number;
  readonly seconds: number;
  readonly work: (tell: (answers: number) => void, worker: number) => Promise<void>;
}): Promise<Peak> {
  let answered = 0;
  let isOver = false;
  let tellFirst = () => {};
  const first = new Promise<void>((resolve) => {
    tellFirst = resolve;
  });
  const tell = (answers: number) => {
    answered += answers;
    tellFirst();
  };
  const startedAt = performance.now();
  const workers = Array.from({ length: load.workers }, async (_, worker) => {
    while (!isOver) await load.work(tell, worker);
  });
  const failed = Promise.all(workers);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, load.seconds * 1_000);
  });
  try {
    // A run too short for its first answer goes on until there is one: its rate is low, but it is measured.
    await Promise.race([Promise.all([over, first]), failed]);
  } finally {
    clearTimeout(timer);
    isOver = true;
  }
  const perSecond = answered / ((performance.now() - startedAt) / 1_000);
  await failed;
  return { perSecond, answered };
}
