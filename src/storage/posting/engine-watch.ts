import type { Outcome, Submission } from "./fold.ts";

/** Told of each database transaction of the engine when it begins; what it returns is told how it goes on. All of it is
 *  called on the money's way: it must be quick, wait for nothing and never throw. */
export type EngineWatch = (submissions: readonly Submission[]) => TransactionWatch;

export type TransactionWatch = {
  /** The accounts are locked, and everything that the commands name is read. */
  loaded(): void;
  /** Every command is decided; what comes of it is written next. */
  decided(outcomes: readonly Outcome[]): void;
  committed(): void;
  /** Nothing was committed, or nobody knows; the commands are tried again or given up. */
  failed(error: unknown): void;
};

/** Two that watch the same engine, told one after the other. */
export function watchBoth(first: EngineWatch, second: EngineWatch): EngineWatch {
  return (submissions) => {
    const watches = [first(submissions), second(submissions)];
    return {
      loaded: () => watches.forEach((watch) => void watch.loaded()),
      decided: (outcomes) => watches.forEach((watch) => void watch.decided(outcomes)),
      committed: () => watches.forEach((watch) => void watch.committed()),
      failed: (error) => watches.forEach((watch) => void watch.failed(error)),
    };
  };
}
