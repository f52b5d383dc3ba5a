import { nextMessage, startChild } from "./child-process.ts";

/** What the load process is told, and what it answers. */
export type LoadOrder = {
  /** Of one service or several; connections take turns. */
  readonly ports: readonly number[];
  /** API keys, each of an organization of its own; every session or batch takes one at random. */
  readonly keys: readonly string[];
  /** Of each key once: until that is done, however long it takes. */
  readonly load: "sessions" | "bulk" | "session_of_each_key";
  readonly connections: number;
  readonly seconds: number;
};

export type LoadResult = {
  /** Commands a second: of sessions each request is one, of bulk each event. */
  readonly perSecond: number;
  /** Commands that were answered, those after the measured time included. */
  readonly answered: number;
  /** Transactions that the answers acknowledged. */
  readonly postings: number;
  /** Share of one core that the generator itself used: at 1 it would be the bottleneck. */
  readonly generatorBusy: number;
};

/** A process that sends requests, so that sending takes no time from the one that is measured. */
export type LoadProcess = { run(order: LoadOrder): Promise<LoadResult>; stop(): Promise<void> };

export function startLoadProcess(): LoadProcess {
  const child = startChild("load-process", [], { talks: true, env: {} });
  return {
    async run(order) {
      child.process.send?.(order);
      return resultOf(await nextMessage(child));
    },
    stop: child.stop,
  };
}

function resultOf(message: unknown): LoadResult {
  if (typeof message === "object" && message !== null) {
    if ("error" in message) throw new Error(String(message.error));
    // Written by load-process.ts, which says what it is.
    if ("perSecond" in message) return message as LoadResult;
  }
  throw new Error(`the load process said ${JSON.stringify(message)}`);
}
