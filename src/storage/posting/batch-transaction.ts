import { newestVersion } from "../../domain/pricing/price-book.ts";
import { isTransient, sqlStateOf, violatedConstraintOf } from "../database.ts";
import type { WireSession } from "../wire/session.ts";
import type { EngineSettings } from "./engine.ts";
import type { EngineConnection } from "./engine-connection.ts";
import { AccountLocked, EngineUnavailable } from "./engine-faults.ts";
import type { TransactionWatch } from "./engine-watch.ts";
import { createEventTrust, EventDoubted, isDoubtful, isEventRepeated } from "./event-trust.ts";
import { fold, type Outcome, type Submission } from "./fold.ts";
import { load } from "./load.ts";
import { rollback, save } from "./save.ts";

/** Decides a batch in one database transaction, and answers when it is committed. What fails for a passing reason is tried
 *  again. Throws EngineUnavailable when the database can't be reached, and what failed for good. */
export function createBatchTransaction(
  connection: EngineConnection,
  settings: EngineSettings,
): (submissions: readonly Submission[]) => Promise<readonly Outcome[]> {
  const trust = createEventTrust();

  async function run(submissions: readonly Submission[]): Promise<readonly Outcome[]> {
    if (trust.allows(submissions.length)) {
      const outcomes = await attempt(submissions, { trustsEvents: true });
      if (outcomes !== null) return outcomes;
      trust.lose();
    }
    const outcomes = await attempt(submissions, { trustsEvents: false });
    if (outcomes === null) throw new Error("an event was repeated behind its account's lock");
    return outcomes;
  }

  /** Null where an event was trusted that may be a repeated one: nothing has changed. */
  async function attempt(
    submissions: readonly Submission[],
    { trustsEvents }: { readonly trustsEvents: boolean },
  ): Promise<readonly Outcome[] | null> {
    const watch = settings.watch?.(submissions);
    try {
      const session = await connection.open();
      try {
        return await decideOn(session, submissions, { trustsEvents, settings, watch });
      } catch (error) {
        if (!trustsEvents || !isEventRepeated(error)) throw error;
        watch?.failed(error);
        await rollback(session);
        return null;
      }
    } catch (error) {
      watch?.failed(error);
      // Whatever state the connection is in, a new one has none.
      connection.drop();
      throw error;
    }
  }

  return (submissions) => withRetry(() => run(submissions), settings.retryForMs ?? 5_000);
}

type Attempt = {
  readonly trustsEvents: boolean;
  readonly settings: EngineSettings;
  readonly watch: TransactionWatch | undefined;
};

async function decideOn(
  session: WireSession,
  submissions: readonly Submission[],
  { trustsEvents, settings, watch }: Attempt,
): Promise<readonly Outcome[]> {
  const { clock, prices, timing } = settings;
  const loading = { trustsEvents, ...(clock === undefined ? {} : { clock }) };
  const { set, now, newestPrices, withFreeEvents } = await load(session, submissions, loading);
  watch?.loaded();
  if (newestVersion(prices.current()) < newestPrices) await prices.reload();
  const { outcomes, changes, alongside } = fold(set, submissions, { now, prices: prices.current(), timing });
  if (trustsEvents && isDoubtful(submissions, outcomes, (id) => withFreeEvents.has(id)))
    throw new EventDoubted();
  watch?.decided(outcomes);
  await save(session, changes, alongside);
  watch?.committed();
  if (changes.withNews.size > 0) settings.onNews?.([...changes.withNews]);
  return outcomes;
}

async function withRetry<T>(work: () => Promise<T>, retryForMs: number): Promise<T> {
  // The process's own clock may jump; this one does not.
  const startedAt = performance.now();
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) && !isKeyTaken(error)) throw error;
      // The wait for the lock was long enough.
      if (sqlStateOf(error) === LOCK_TIMEOUT)
        throw new AccountLocked("an account is locked", { cause: error });
      if (performance.now() - startedAt + pauseMs > retryForMs) {
        throw new EngineUnavailable("the database can't be reached", { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

const LOCK_TIMEOUT = "55P03";

/** Another route took an Idempotency-Key between our look at the stored answers and the commit. The next look sees it. */
function isKeyTaken(error: unknown): boolean {
  return violatedConstraintOf(error) === "idempotency_pkey";
}
