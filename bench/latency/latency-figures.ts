import { type UsualTransaction, usualPeak } from "../baseline/usual-transaction.ts";
import type { BenchContext } from "../context.ts";
import { auditBooks, type BenchApplication, openApplication } from "../engine/application.ts";
import { createEngineLoad, type EngineLoad } from "../engine/engine-load.ts";
import { type Figure, figureOf } from "../figure.ts";
import { type OpenLoopResult, runOpenLoop } from "../load/open-loop.ts";
import { poissonSchedule } from "../load/schedule.ts";
import { type Latencies, summarizeLatencies } from "../statistics.ts";
import { RAMP_MS, sessionArrivals } from "./session-arrivals.ts";

/** One round at one share of the peaks. */
type Measured = {
  readonly share: number;
  readonly ours: { readonly perSecond: number; readonly result: OpenLoopResult<string> };
  readonly usual: { readonly perSecond: number; readonly result: OpenLoopResult<string> };
};

/** How long start, usage and end take at shares of our peak, beside the usual transaction at the same shares of its own. */
export async function measureLatency(context: BenchContext): Promise<Figure[]> {
  const { plan, server, baselines, progress } = context;
  progress("latency: preparing");
  const usual = await baselines.usual();
  const database = await server.createDatabase("latency", "airtime");
  const application = await openApplication(database, plan.organizations);
  const load = createEngineLoad(application);
  const bench = { context, application, load, usual };
  const measured: Measured[] = [];
  await load.sessions("spread", plan.warmUpSeconds);
  for (let round = 1; round <= plan.rounds; round += 1) measured.push(...(await measureRound(bench, round)));
  await application.close();
  await usual.audit();
  progress("latency: verifying the books");
  await auditBooks(database, { organizations: plan.organizations, postings: load.postings() });
  await server.dropDatabase(database);
  return plan.latencyShares.flatMap((share) => latencyFigures(measured, share));
}

type LatencyBench = {
  readonly context: BenchContext;
  readonly application: BenchApplication;
  readonly load: EngineLoad;
  readonly usual: UsualTransaction;
};

async function measureRound(bench: LatencyBench, round: number): Promise<Measured[]> {
  const { plan, server, progress } = bench.context;
  const ourPeak = await bench.load.sessions("spread", plan.runSeconds);
  const usualPeakRate = await usualPeak(bench.usual, "spread", plan.runSeconds);
  const measured: Measured[] = [];
  for (const share of plan.latencyShares) {
    await server.checkpoint();
    const ours = await loadOurs(bench, ourPeak * share, round);
    const theirs = await loadUsual(bench, usualPeakRate * share, round);
    measured.push({
      share,
      ours: { perSecond: ourPeak * share, result: ours },
      usual: { perSecond: usualPeakRate * share, result: theirs },
    });
    progress(
      `round ${round}/${plan.rounds}  p99 at ${share * 100} %: ${latenciesOf(ours).p99.toFixed(1)} ms at ` +
        `${Math.round(ourPeak * share)}/s, usual ${latenciesOf(theirs).p99.toFixed(1)} ms at ` +
        `${Math.round(usualPeakRate * share)}/s`,
    );
  }
  return measured;
}

function loadOurs({ context, application, load }: LatencyBench, perSecond: number, seed: number) {
  const measuredMs = context.plan.latencySeconds * 1_000;
  const arrivals = sessionArrivals(application, load, {
    commandsPerSecond: perSecond,
    seconds: (RAMP_MS + measuredMs) / 1_000,
    seed,
  });
  return runOpenLoop<string>(arrivals, { fromMs: RAMP_MS, untilMs: RAMP_MS + measuredMs });
}

function loadUsual({ context, usual }: LatencyBench, perSecond: number, seed: number) {
  const seconds = RAMP_MS / 1_000 + context.plan.latencySeconds;
  const arrivals = Array.from(poissonSchedule({ perSecond, seconds, seed }), (dueMs) => ({
    dueMs,
    kind: "charge",
    send: async () => {
      await usual.charge("spread");
      return true;
    },
  }));
  return runOpenLoop<string>(arrivals, { fromMs: RAMP_MS, untilMs: seconds * 1_000 });
}

function latencyFigures(measured: readonly Measured[], share: number): Figure[] {
  const rounds = measured.filter((round) => round.share === share);
  const dropped = rounds.reduce(
    (sum, { ours, usual }) => sum + ours.result.dropped + usual.result.dropped,
    0,
  );
  const rates = rounds
    .map(({ ours, usual }) => `${Math.round(ours.perSecond)} and ${Math.round(usual.perSecond)}`)
    .join(", ");
  const name = share === 0.5 ? "half_peak" : `${share * 100}_percent`;
  return [
    figureOf({
      name: `latency.${name}_p99/usual`,
      unit: "ms",
      baselineName: `the usual transaction at ${share * 100} % of its own peak`,
      rounds: rounds.map(({ ours, usual }) => ({
        value: latenciesOf(ours.result).p99,
        baseline: latenciesOf(usual.result).p99,
      })),
      ...(share === 0.5 ? { bar: { of: "ratio", most: 1 } as const } : {}),
      note:
        `offered, ours and the usual: ${rates} a second; dropped ${dropped}. ` +
        ["start", "usage", "end"].map((kind) => kindText(rounds, kind)).join("; "),
    }),
  ];
}

function kindText(rounds: readonly Measured[], kind: string): string {
  const all = rounds.flatMap(({ ours }) => ours.result.latenciesMs.get(kind) ?? []);
  const { p50, p99, p999 } = summarizeLatencies(all);
  return `${kind} p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, p99.9 ${p999.toFixed(1)} ms`;
}

function latenciesOf({ latenciesMs }: OpenLoopResult<string>): Latencies {
  return summarizeLatencies([...latenciesMs.values()].flat());
}
