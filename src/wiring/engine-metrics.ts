import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Accepted } from "../domain/charging/command.ts";
import type { EngineWatch } from "../storage/posting/engine-watch.ts";
import type { Outcome, Submission } from "../storage/posting/fold.ts";

/** Measures the engine's transactions. Once a transaction and not once a command, wherever that will do: at tens of
 *  thousands of commands a second each observation would show. */
export function measureEngine(registry: Registry): EngineWatch {
  const { stages, sizes, failures, count } = engineMetrics(registry);
  const load = stages.labels("load");
  const decide = stages.labels("decide");
  const write = stages.labels("write");
  return (submissions) => {
    let at = performance.now();
    let decidedOutcomes: readonly Outcome[] = [];
    const lap = () => {
      const from = at;
      at = performance.now();
      return (at - from) / 1_000;
    };
    return {
      loaded: () => load.observe(lap()),
      decided(outcomes) {
        decidedOutcomes = outcomes;
        decide.observe(lap());
      },
      committed() {
        write.observe(lap());
        sizes.observe(submissions.length);
        count(submissions, decidedOutcomes);
      },
      failed: () => failures.inc(),
    };
  };
}

/** Shows how many commands wait, counted whenever somebody looks. */
export function measureEngineQueue(queued: () => number, registry: Registry): void {
  new Gauge({
    name: "airtime_engine_queued_commands",
    help: "Commands that wait for their database transaction.",
    registers: [registry],
    collect() {
      this.set(queued());
    },
  });
}

function engineMetrics(registry: Registry) {
  const registers = [registry];
  const commands = new Counter({
    name: "airtime_commands_total",
    help: "Commands that the posting engine decided, by what came of them: accepted, repeated, replayed, or why refused.",
    labelNames: ["command", "outcome"],
    registers,
  });
  const credits = new Counter({
    name: "airtime_credits_posted_total",
    help: "Credits of posted transactions, whatever their sign, by type.",
    labelNames: ["type"],
    registers,
  });
  const uncollected = new Counter({
    name: "airtime_uncollected_credits_total",
    help: "Cost of sessions beyond what the floor allowed to post when they were settled.",
    registers,
  });
  const countPosted = ({ posted, session, repeated }: Accepted) => {
    for (const { type, amount } of posted) credits.inc({ type }, Math.abs(Number(amount)) / 10_000);
    const isSettledNow = session?.status === "settled" && !repeated && !session.flags.includes("late_end");
    if (isSettledNow) uncollected.inc(Number(session.uncollected) / 10_000);
  };
  return {
    stages: new Histogram({
      name: "airtime_engine_transaction_seconds",
      help: "What the engine's database transactions take, by stage: load (locks included), decide, write (commit included).",
      labelNames: ["stage"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    sizes: new Histogram({
      name: "airtime_engine_transaction_commands",
      help: "Commands that one database transaction of the engine carries.",
      buckets: [1, 2, 5, 10, 25, 50, 100, 200, 300],
      registers,
    }),
    failures: new Counter({
      name: "airtime_engine_transaction_failures_total",
      help: "Database transactions of the engine that failed; most are tried again.",
      registers,
    }),
    count(submissions: readonly Submission[], outcomes: readonly Outcome[]): void {
      const tally = new Map<string, number>();
      outcomes.forEach((outcome, index) => {
        const key = `${submissions[index]?.command.kind} ${nameOf(outcome)}`;
        tally.set(key, (tally.get(key) ?? 0) + 1);
        if (outcome.kind === "decided" && outcome.decision.kind === "accepted") countPosted(outcome.decision);
      });
      for (const [key, number] of tally) {
        const [command = "", outcome = ""] = key.split(" ");
        commands.inc({ command, outcome }, number);
      }
    },
  };
}

function nameOf(outcome: Outcome): string {
  if (outcome.kind !== "decided") return outcome.kind;
  if (outcome.decision.kind === "refused") return outcome.decision.refusal.kind;
  return outcome.decision.repeated ? "repeated" : "accepted";
}
