import { invariant } from "../../domain/assert.ts";
import type { Context } from "../../domain/charging/command.ts";
import type { PriceBook } from "../../domain/pricing/price-book.ts";
import { createBatchTransaction } from "./batch-transaction.ts";
import { createEngineConnection } from "./engine-connection.ts";
import { AccountLocked, EngineOverloaded, EngineUnavailable } from "./engine-faults.ts";
import type { EngineWatch } from "./engine-watch.ts";
import { createFairQueue } from "./fair-queue.ts";
import type { Outcome, Submission } from "./fold.ts";

/** The posting engine: the only writer of balances. Commands queue up per lane while its connection is busy, then one
 *  database transaction locks their accounts, decides them all and writes everything set-based. The answer is given
 *  after the commit. Source: design.md, The spine. */
export type PostingEngine = {
  /** Decides a command durably. Rejects with EngineOverloaded or EngineUnavailable; both are safe to retry. */
  submit(submission: Submission): Promise<Answered>;
  /** Decides commands of one organization durably, in this order, though not in one transaction. Answers once all of
   *  them are decided; rejects like `submit` when one can't be, whatever became of the others. */
  submitMany(submissions: readonly Submission[]): Promise<readonly Answered[]>;
  /** How many commands wait for their transaction. */
  queued(): number;
  /** Finishes what is queued, then closes the connections. */
  stop(): Promise<void>;
};

export type EngineSettings = {
  readonly connectionString: string;
  readonly timing: Context["timing"];
  readonly prices: PriceSource;
  /** Told after each commit which organizations have news. */
  readonly onNews?: (organizationIds: readonly string[]) => void;
  /** For metrics and traces; nothing is measured without it. */
  readonly watch?: EngineWatch;
  readonly lanes?: number;
  readonly batchMax?: number;
  /** How many organizations one transaction may change. 1 where they live on different machines (Citus), so that none
   *  needs a commit in two phases; else any number. */
  readonly organizationsPerTransaction?: number;
  /** How many commands may wait in a lane; an organization's own share of it is half. Beyond, submit rejects at once. */
  readonly queueMax?: number;
  /** Another time than the database's, for histories that are made up. @param databaseNow epoch ms. */
  readonly clock?: (databaseNow: number) => number;
  /** How long a batch is retried while the database is out of reach. */
  readonly retryForMs?: number;
  /** How long the database may say nothing while it is asked something, before its connection counts as lost. Far above
   *  what a batch may take, the waits for locks included. */
  readonly silenceMs?: number;
};

/** Where the engine gets the price book: a copy in memory, and a way to read it anew when a version was added. */
export type PriceSource = { current(): PriceBook; reload(): Promise<void> };

/** What a caller is told; a fault rejects. */
export type Answered = Exclude<Outcome, { readonly kind: "fault" }>;

type Waiting = { readonly submission: Submission; readonly caller: Caller; readonly place: number };

/** Whoever waits for commands: for one or, without a promise for each, for many. */
type Caller = {
  /** @param place which of the caller's commands was answered. */
  readonly resolve: (place: number, outcome: Answered) => void;
  readonly reject: (error: unknown) => void;
};

export function createPostingEngine(settings: EngineSettings): PostingEngine {
  const lanes = Array.from({ length: settings.lanes ?? lanesFor(settings) }, () => createLane(settings));
  let stopping = false;
  // What it throws rejects the promise of whoever submits.
  function enqueue(organizationId: string, submissions: readonly Submission[], caller: Caller): void {
    if (stopping) throw new EngineUnavailable("the service is stopping");
    // An organization stays in one lane, so that its commands never wait for each other's locks in this process.
    const lane = lanes[laneOf(organizationId, lanes.length)];
    invariant(lane !== undefined, "every organization has a lane");
    lane.enqueue(organizationId, submissions, caller);
  }
  return {
    submit: (submission) =>
      new Promise((resolve, reject) => {
        const caller = { resolve: (_: number, outcome: Answered) => resolve(outcome), reject };
        enqueue(submission.organizationId, [submission], caller);
      }),
    submitMany: (submissions) =>
      new Promise((resolve, reject) => {
        const [first] = submissions;
        if (first === undefined) return resolve([]);
        const { organizationId } = first;
        const areOfOne = submissions.every((one) => one.organizationId === organizationId);
        invariant(areOfOne, "many commands are of one organization");
        enqueue(organizationId, submissions, callerOfMany(submissions.length, resolve, reject));
      }),
    queued: () => lanes.reduce((total, lane) => total + lane.queued(), 0),
    async stop() {
      stopping = true;
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}

function callerOfMany(
  count: number,
  resolve: (answers: readonly Answered[]) => void,
  reject: (error: unknown) => void,
): Caller {
  const answers = new Array<Answered>(count);
  let missing = count;
  return {
    resolve(place, answer) {
      answers[place] = answer;
      missing -= 1;
      if (missing === 0) resolve(answers);
    },
    reject,
  };
}

/** Two keep PostgreSQL busy; transactions of one organization are small, and wait for the disk more often. */
function lanesFor({ organizationsPerTransaction }: EngineSettings): number {
  return organizationsPerTransaction === undefined ? 2 : 8;
}

/** Any spread of the ids will do (this is FNV-1a). */
function laneOf(organizationId: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < organizationId.length; index++) {
    hash = Math.imul(hash ^ organizationId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}

function createLane(settings: EngineSettings) {
  const batchMax = settings.batchMax ?? 300;
  const { organizationsPerTransaction } = settings;
  const queueMax = settings.queueMax ?? 10_000;
  const connection = createEngineConnection(settings.connectionString, settings.silenceMs ?? 30_000);
  const decideAll = createBatchTransaction(connection, settings);
  const queue = createFairQueue<Waiting>();
  let draining: Promise<void> | null = null;

  async function drain(): Promise<void> {
    // Everything that arrives in the same turn of the event loop goes into the first batch.
    await new Promise(setImmediate);
    let answer: Answer = () => {};
    while (queue.size > 0) {
      const next = carryOut(queue.take(batchMax, organizationsPerTransaction), decideAll);
      // The callers go on while the database is at work on the next batch, and not before it has any.
      answer();
      answer = await next;
    }
    answer();
    draining = null;
  }

  return {
    enqueue(organizationId: string, submissions: readonly Submission[], caller: Caller): void {
      // Half for the others: one organization alone can't have everybody turned away.
      if (queue.size >= queueMax || queue.sizeOf(organizationId) * 2 >= queueMax) {
        throw new EngineOverloaded("the posting queue is full");
      }
      for (const [place, submission] of submissions.entries()) {
        queue.add(organizationId, { submission, caller, place });
      }
      // No timer: an idle lane starts at once, a busy one takes what has queued up when it is free.
      draining ??= drain();
    },
    queued: () => queue.size,
    async stop() {
      await draining;
      await connection.close();
    },
  };
}

/** Tells the callers of a batch what became of their commands. */
type Answer = () => void;

/** Runs one batch to its answers. A batch that fails for good is retried an organization at a time, then a command at
 *  a time, so that one bad row can't sink the others. Never rejects. */
async function carryOut(
  batch: readonly Waiting[],
  decideAll: ReturnType<typeof createBatchTransaction>,
): Promise<Answer> {
  try {
    const outcomes = await decideAll(batch.map(({ submission }) => submission));
    return () => {
      for (const [index, waiting] of batch.entries()) answerOne(waiting, outcomes[index]);
    };
  } catch (error) {
    const parts = partsToRetry(batch, error);
    for (const part of parts) (await carryOut(part, decideAll))();
    return () => {
      if (parts.length === 0) for (const { caller } of batch) caller.reject(error);
    };
  }
}

function answerOne({ caller, place }: Waiting, outcome: Outcome | undefined): void {
  if (outcome === undefined || outcome.kind === "fault") caller.reject(outcome?.error);
  else caller.resolve(place, outcome);
}

function partsToRetry(batch: readonly Waiting[], error: unknown): Waiting[][] {
  const byOrganization = new Map<string, Waiting[]>();
  for (const waiting of batch) {
    const { organizationId } = waiting.submission;
    byOrganization.set(organizationId, [...(byOrganization.get(organizationId) ?? []), waiting]);
  }
  const isOutage = error instanceof EngineUnavailable && !(error instanceof AccountLocked);
  if (byOrganization.size > 1 && !isOutage) return [...byOrganization.values()];
  return error instanceof EngineUnavailable || batch.length === 1 ? [] : batch.map((waiting) => [waiting]);
}
