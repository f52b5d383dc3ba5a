import type { BenchContext } from "../context.ts";
import { auditBooks } from "../engine/application.ts";
import { type Figure, figureOf } from "../figure.ts";
import { measureRounds, pairsOf, type Rounds } from "../load/rounds.ts";
import { median } from "../statistics.ts";
import { nextMessage, startChild } from "./child-process.ts";
import { type LoadOrder, startLoadProcess } from "./load-order.ts";
import { prepareOrganizations } from "./organizations.ts";
import { startServiceProcess } from "./service-process.ts";

/** Requests under way at once. */
const CONNECTIONS = 128;
/** Batches under way at once: 4,000 events. */
const BULK_CONNECTIONS = 8;

const LOADS = {
  // What is read once for each organization is no part of a peak.
  "first calls": { load: "session_of_each_key", connections: CONNECTIONS },
  single: { load: "sessions", connections: CONNECTIONS },
  noop: { load: "sessions", connections: CONNECTIONS },
  bulk: { load: "bulk", connections: BULK_CONNECTIONS },
} satisfies Record<string, Pick<LoadOrder, "load" | "connections">>;

/** The service over HTTP at its peak, beside its own server answering a constant, and TPC-B. */
export async function measureHttp(context: BenchContext): Promise<Figure[]> {
  const { plan, server, baselines, progress } = context;
  progress("http: preparing");
  const tpcb = await baselines.tpcb();
  const database = await server.createDatabase("http", "airtime");
  const keys = await prepareOrganizations(database, plan.httpOrganizations);
  const service = await startServiceProcess(database);
  const noop = await startNoop();
  const generator = startLoadProcess();
  const busy = new Map<string, number[]>();
  const single = { cpuSeconds: 0, requests: 0 };
  let postings = 0;
  const run = async (name: keyof typeof LOADS, seconds: number): Promise<number> => {
    const load = LOADS[name];
    const before = await service.usage();
    const ports = [name === "noop" ? noop.port : service.port];
    const result = await generator.run({ ports, keys, ...load, seconds });
    if (name === "single") {
      single.cpuSeconds += (await service.usage()).cpuSeconds - before.cpuSeconds;
      single.requests += result.answered;
    }
    busy.set(name, [...(busy.get(name) ?? []), result.generatorBusy]);
    if (name !== "noop") postings += result.postings;
    return result.perSecond;
  };
  const seconds = plan.runSeconds;
  await run("first calls", 0);
  for (const name of ["bulk", "noop"] as const) await run(name, seconds / 2);

  const rounds = await measureRounds(context, {
    tpcb: () => tpcb.measure(plan.tpcbSeconds),
    noop: () => run("noop", seconds),
    single: () => run("single", seconds),
    bulk: () => run("bulk", seconds),
  });

  for (const part of [generator, noop, service]) await part.stop();
  progress("http: verifying the books");
  await auditBooks(database, { organizations: plan.httpOrganizations, postings });
  await server.dropDatabase(database);
  return httpFigures(rounds, tpcb.name, {
    busyPercent: (name) => Math.round(100 * median(busy.get(name) ?? [])),
    cpuMicrosecondsARequest: Math.round((single.cpuSeconds / single.requests) * 1e6),
  });
}

async function startNoop(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const child = startChild("noop-process", [], { talks: true, env: {} });
  const said = await nextMessage(child);
  if (typeof said !== "object" || said === null || !("port" in said)) throw new Error("no port was told");
  return { port: Number(said.port), stop: child.stop };
}

type RunName = "tpcb" | "noop" | "single" | "bulk";

function httpFigures(
  rounds: Rounds<RunName>,
  tpcbName: string,
  used: {
    /** Of one core, by the generator. */
    readonly busyPercent: (name: keyof typeof LOADS) => number;
    readonly cpuMicrosecondsARequest: number;
  },
): Figure[] {
  const noopName = "our HTTP server answering a constant";
  return [
    figureOf({
      name: "http.single/noop",
      unit: "requests/s",
      baselineName: noopName,
      rounds: pairsOf(rounds, "single", "noop"),
      bar: { of: "ratio", least: 0.6 },
      note:
        `the service used ${used.cpuMicrosecondsARequest} us of a core for a request; the generator was busy ` +
        `${used.busyPercent("single")} % of one core, and ${used.busyPercent("noop")} % against the constant`,
    }),
    figureOf({
      name: "http.single/tpcb",
      unit: "requests/s",
      baselineName: tpcbName,
      rounds: pairsOf(rounds, "single", "tpcb"),
      bar: { of: "ratio", least: 6 },
    }),
    figureOf({
      name: "http.bulk/tpcb",
      unit: "events/s",
      baselineName: tpcbName,
      rounds: pairsOf(rounds, "bulk", "tpcb"),
      bar: { of: "ratio", least: 18 },
    }),
  ];
}
